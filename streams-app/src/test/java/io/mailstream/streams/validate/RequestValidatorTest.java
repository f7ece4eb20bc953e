package io.mailstream.streams.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.PolicyLoader;
import io.mailstream.policy.References;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.RawContent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.ReferenceContent;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.TemplateContent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestValidatorTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String LONG = "x".repeat(70);

  private final RequestValidator validator =
      new RequestValidator(
          PolicyLoader.load(
              """
              accounts: {a: {provider: ses}, b: {provider: ses}}
              tenants:
                acme:
                  from_domains: [acme.example, "*.sub.example"]
                  account: a
                  streams: {news: {}}
              max_recipients: 3
              references: {allowed: ["https://files.example.com/mail/"], max_bytes: 1000}
              """));

  @Test
  void aPlainRequestHasNoFault() {
    assertThat(codes(request -> {})).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann@example.com",
        "ann+tag@sub.example.co.uk",
        "o'brien@example.com",
        "x@example.com",
        "\"quoted local\"@example.com",
        "jörg@example.com",
        "用户@例え.jp",
        "ann@bücher.example",
        "ann@xn--bcher-kva.example"
      })
  void whatIsAnAddress(String address) {
    assertThat(codes(request -> request.setTo(to(address)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "ann",
        "@example.com",
        "ann@",
        "ann@@example.com",
        "ann@example..com",
        ".ann@example.com",
        "ann.@example.com",
        "ann b@example.com",
        "Ann <ann@example.com>",
        "ann@example.com, bob@example.com",
        "ann(comment)@example.com",
        "ann@[127.0.0.1]",
        "ann@localhost",
        "@route.example:ann@example.com",
        "ann@exa_mple.com",
        "ann@-example.com",
        "a\\nn@example.com",
        "a.\"n\"@example.com",
        "\"a\".n@example.com",
        "a\\\\nn@example.com",
        "ann\t@example.com",
        "ann\u0007@example.com"
      })
  void whatIsNone(String address) {
    assertThat(codes(request -> request.setTo(to(address))))
        .containsExactly(ReasonCode.INVALID_ADDRESS);
  }

  @Test
  void lengthsAreInOctets() {
    assertThat(codes(request -> request.setTo(to("x".repeat(64) + "@example.com")))).isEmpty();
    assertThat(codes(request -> request.setTo(to("x".repeat(65) + "@example.com"))))
        .containsExactly(ReasonCode.INVALID_ADDRESS);
    assertThat(codes(request -> request.setTo(to("ü".repeat(33) + "@example.com"))))
        .containsExactly(ReasonCode.INVALID_ADDRESS);
    String domain = ("y".repeat(60) + ".").repeat(4) + "example";
    assertThat(codes(request -> request.setTo(to("abc@" + domain))))
        .containsExactly(ReasonCode.INVALID_ADDRESS);
  }

  @Test
  void lengthsAreThoseOnTheWireToo() {
    // Three octets a label as given, eight in Punycode: 239 with the last.
    String domain = "ü.".repeat(29) + "example";
    assertThat(codes(request -> request.setTo(to("x".repeat(14) + "@" + domain)))).isEmpty();
    assertThat(codes(request -> request.setTo(to("x".repeat(15) + "@" + domain))))
        .containsExactly(ReasonCode.INVALID_ADDRESS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\rb", "a\nb", "a\r\nBcc: x@example.com", "a\u0000b"})
  void injectionIsRefusedInEveryNameAndValue(String evil) {
    List<Consumer<SendRequest>> ways =
        List.of(
            request -> request.setSubject(evil),
            request -> request.setFrom(new Mailbox("x@acme.example", evil)),
            request -> request.setFrom(new Mailbox(evil + "@acme.example", null)),
            request -> request.setReplyTo(List.of(new Mailbox("x@acme.example", evil))),
            request -> request.setTo(List.of(new Recipient("a@example.com", evil, Map.of()))),
            request -> request.setCc(to("a@example.com" + evil)),
            request -> request.setHeaders(List.of(new Header(evil, "v"))),
            request -> request.setHeaders(List.of(new Header("X-A", evil))),
            request -> request.setRequestId(evil),
            request -> request.setContent(attached(evil, "text/plain", null)),
            request -> request.setContent(attached("a.txt", "text/plain" + evil, null)),
            request -> request.setContent(attached("a.txt", "text/plain", evil)));
    for (int i = 0; i < ways.size(); i++) {
      assertThat(codes(ways.get(i))).as("way %d", i).contains(ReasonCode.HEADER_INJECTION);
    }
    assertThat(codes(request -> request.setTags(Map.of("tag", evil))))
        .containsExactly(ReasonCode.INVALID_TAG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "From",
        "bcc",
        "Content-Type",
        "DKIM-Signature",
        "Resent-To",
        "X-SES-Configuration-Set",
        "Message-ID",
        "two words",
        "colon:",
        "",
        "Grüße"
      })
  void headersThatMayNotBeAdded(String name) {
    assertThat(codes(request -> request.setHeaders(List.of(new Header(name, "v")))))
        .containsExactly(ReasonCode.INVALID_HEADER);
  }

  @Test
  void headersThatMay() {
    assertThat(
            codes(request ->
                request.setHeaders(
                    List.of(
                        new Header("List-Unsubscribe", "<https://acme.example/u>"),
                        new Header("X-Campaign", "Grüße aus Köln")))))
        .isEmpty();
  }

  @Test
  void headerValuesMustFold() {
    assertThat(codes(request -> request.setHeaders(List.of(new Header("X-A", "y".repeat(871))))))
        .containsExactly(ReasonCode.INVALID_HEADER);
    assertThat(
            codes(
                request -> request.setHeaders(List.of(new Header("X-A", (LONG + " ").repeat(20))))))
        .isEmpty();
  }

  @Test
  void references() {
    String sha256 = "0f".repeat(32);
    String uri = "https://files.example.com/mail/a";
    assertThat(codes(refer(uri, sha256, 1000))).isEmpty();
    assertThat(codes(refer("https://evil.example/mail/a", "0F", 1000)))
        .containsExactly(ReasonCode.INVALID_CONTENT);
    assertThat(codes(refer(uri, sha256, 0))).containsExactly(ReasonCode.INVALID_CONTENT);
    assertThat(codes(refer(uri, sha256, 1001))).containsExactly(ReasonCode.TOO_LARGE);
    Faults faults = new Faults();
    ContentRules.check(faults, new ReferenceContent(uri, sha256, 1L), References.NONE);
    assertThat(faults.codes()).containsExactly(ReasonCode.UNSUPPORTED_CONTENT);
  }

  private static Consumer<SendRequest> refer(String uri, String sha256, long size) {
    return request -> request.setContent(new ReferenceContent(uri, sha256, size));
  }

  @Test
  void contentKinds() {
    assertThat(codes(request -> request.setContent(new TemplateContent("t", null, Map.of()))))
        .containsExactly(ReasonCode.UNSUPPORTED_CONTENT);
    assertThat(codes(request -> request.setContent(new RawContent(ByteBuffer.allocate(1)))))
        .containsExactly(ReasonCode.UNSUPPORTED_CONTENT);
    assertThat(codes(request -> request.setContent(new InlineContent(null, "", List.of()))))
        .containsExactly(ReasonCode.NO_CONTENT);
    assertThat(codes(request -> request.setContent(attached("", "text", "<id>"))))
        .containsExactly(ReasonCode.INVALID_CONTENT);
    assertThat(codes(request -> request.setContent(attached("a", "multipart/mixed", null))))
        .containsExactly(ReasonCode.INVALID_CONTENT);
    assertThat(
            codes(request ->
                request.setContent(attached("a.txt", "text/plain; charset=utf-8", "c@x"))))
        .isEmpty();
  }

  @Test
  void whoMaySendAndHow() {
    assertThat(codes(request -> request.setTenant("nobody")))
        .containsExactly(ReasonCode.UNKNOWN_TENANT);
    assertThat(codes(request -> request.setStream("other")))
        .containsExactly(ReasonCode.UNKNOWN_STREAM);
    assertThat(codes(request -> request.setAccount("b")))
        .containsExactly(ReasonCode.UNKNOWN_ACCOUNT);
    assertThat(codes(request -> request.setAccount("a"))).isEmpty();
    assertThat(codes(request -> request.setFrom(new Mailbox("x@evil.example", null))))
        .containsExactly(ReasonCode.FROM_DOMAIN_NOT_ALLOWED);
    assertThat(codes(request -> request.setFrom(new Mailbox("x@ACME.example", null)))).isEmpty();
    assertThat(codes(request -> request.setFrom(new Mailbox("x@a.sub.example", null)))).isEmpty();
    assertThat(codes(request -> request.setFrom(new Mailbox("x@sub.example", null))))
        .containsExactly(ReasonCode.FROM_DOMAIN_NOT_ALLOWED);
    assertThat(codes(request -> request.setFrom(new Mailbox("nobody", null))))
        .containsExactly(ReasonCode.INVALID_SENDER);
  }

  @Test
  void scheduleTagsAndCounts() {
    assertThat(
            codes(request -> {
              request.setSendAt(NOW.plusSeconds(60));
              request.setExpiresAt(NOW.plusSeconds(60));
            }))
        .containsExactly(ReasonCode.INVALID_SCHEDULE);
    assertThat(codes(request -> request.setSendAt(NOW.plus(Duration.ofDays(400)))))
        .containsExactly(ReasonCode.INVALID_SCHEDULE);
    assertThat(codes(request -> request.setTags(Map.of("a b", "c"))))
        .containsExactly(ReasonCode.INVALID_TAG);
    assertThat(codes(request -> request.setTags(Map.of("a", ""))))
        .containsExactly(ReasonCode.INVALID_TAG);
    assertThat(codes(request -> request.setTo(to("a@x.de", "b@x.de", "c@x.de", "d@x.de"))))
        .containsExactly(ReasonCode.TOO_MANY_RECIPIENTS);
    assertThat(codes(request -> request.setTo(to("a@x.de", "A@x.de", "a@X.de", "b@x.de"))))
        .isEmpty();
    assertThat(codes(request -> request.setTo(List.of())))
        .containsExactly(ReasonCode.NO_RECIPIENTS);
    assertThat(codes(request -> request.setRequestId("")))
        .containsExactly(ReasonCode.INVALID_REQUEST);
    assertThat(codes(request -> request.setIdempotencyKey("y".repeat(257))))
        .containsExactly(ReasonCode.INVALID_REQUEST);
    assertThat(codes(request -> request.setSubject("y".repeat(999))))
        .containsExactly(ReasonCode.INVALID_SUBJECT);
  }

  @Test
  void theDetailSaysWhereAndWhatButNotTheValue() {
    SendRequest request = plain();
    request.setTo(to("ann@example.com", "secret nonsense"));
    request.setTenant("nobody");
    String detail = check(request).describe();
    assertThat(detail)
        .contains("to[1].address")
        .contains("give local-part@domain")
        .contains("tenant is not in the policies")
        .doesNotContain("secret nonsense");
  }

  private Set<ReasonCode> codes(Consumer<SendRequest> change) {
    SendRequest request = plain();
    change.accept(request);
    return Set.copyOf(check(request).codes());
  }

  private Faults check(SendRequest request) {
    return validator.check(request, FanOut.targets(request), NOW.toEpochMilli());
  }

  private static SendRequest plain() {
    return SendRequest.newBuilder()
        .setRequestId("r1")
        .setTenant("acme")
        .setStream("news")
        .setFrom(new Mailbox("noreply@acme.example", "Acme"))
        .setTo(to("ann@example.com"))
        .setSubject("Hello")
        .setContent(new InlineContent("text", "<p>html</p>", List.of()))
        .build();
  }

  private static List<Recipient> to(String... addresses) {
    return Arrays.stream(addresses).map(address -> new Recipient(address, null, Map.of())).toList();
  }

  private static InlineContent attached(String filename, String type, String id) {
    return new InlineContent(
        "text",
        null,
        List.of(
            new Attachment(
                filename, type, ByteBuffer.wrap("x".getBytes(StandardCharsets.UTF_8)), id)));
  }
}

package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.RawContent;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.ReferenceContent;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.TemplateContent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestJsonTest {

  private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");
  private static final String LEAST =
      "\"tenant\": \"acme\", \"stream\": \"receipts\", \"from\": \"shop@acme.example\"";

  private static RequestJson.Parsed parse(String json) throws Exception {
    return RequestJson.parse(new ObjectMapper().readTree(json), NOW);
  }

  private static SendRequest request(String json) throws Exception {
    RequestJson.Parsed parsed = parse(json);
    assertThat(parsed).isInstanceOf(RequestJson.Parsed.Request.class);
    return ((RequestJson.Parsed.Request) parsed).request();
  }

  private static List<String> faults(String json) throws Exception {
    RequestJson.Parsed parsed = parse(json);
    assertThat(parsed).isInstanceOf(RequestJson.Parsed.Bad.class);
    return ((RequestJson.Parsed.Bad) parsed).faults();
  }

  @Test
  void everyField() throws Exception {
    String json =
        """
        {"request_id": "r-1", "tenant": "acme", "idempotency_key": "k-1", "stream": "receipts",
         "actor": "user-7", "from": "Acme Shop <shop@acme.example>",
         "reply_to": [{"address": "help@acme.example", "name": "Help"}],
         "to": ["a@example.com", {"address": "b@example.com", "variables": {"n": 1}}],
         "cc": "\\"Doe, J.\\" <c@example.com>", "bcc": "d@example.com", "subject": "Grüße",
         "text": "t", "html": "h",
         "attachments": [{"filename": "a.txt", "content_type": "text/plain", "content": "YWJj",
           "content_id": "a1"}],
         "headers": {"X-A": "1"}, "tags": {"campaign": "xmas"},
         "send_at": "+10m", "expires_at": "2026-11-22T09:00:00+01:00",
         "on_uncertain": "resend", "account": "ses-eu", "lane": "bulk"}
        """;

    RequestJson.Parsed parsed = parse(json);

    assertThat(parsed)
        .isEqualTo(
            new RequestJson.Parsed.Request(
                SendRequest.newBuilder()
                    .setRequestId("r-1")
                    .setTenant("acme")
                    .setIdempotencyKey("k-1")
                    .setStream("receipts")
                    .setActor("user-7")
                    .setFrom(new Mailbox("shop@acme.example", "Acme Shop"))
                    .setReplyTo(List.of(new Mailbox("help@acme.example", "Help")))
                    .setTo(
                        List.of(
                            new Recipient("a@example.com", null, Map.of()),
                            new Recipient("b@example.com", null, Map.of("n", "1"))))
                    .setCc(List.of(new Recipient("c@example.com", "Doe, J.", Map.of())))
                    .setBcc(List.of(new Recipient("d@example.com", null, Map.of())))
                    .setSubject("Grüße")
                    .setContent(
                        new InlineContent(
                            "t",
                            "h",
                            List.of(new Attachment("a.txt", "text/plain", bytes("abc"), "a1"))))
                    .setHeaders(List.of(new Header("X-A", "1")))
                    .setTags(Map.of("campaign", "xmas"))
                    .setSendAt(NOW.plusSeconds(600))
                    .setExpiresAt(Instant.parse("2026-11-22T08:00:00Z"))
                    .setOnUncertain(OnUncertain.RESEND)
                    .setAccount("ses-eu")
                    .build(),
                Lane.BULK));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLeast() throws Exception {
    RequestJson.Parsed parsed =
        parse("{" + LEAST + ", \"to\": \"a@example.com\", \"text\": \"t\"}");

    RequestJson.Parsed.Request request = (RequestJson.Parsed.Request) parsed;
    assertThat(request.lane()).isEqualTo(Lane.TRANSACTIONAL);
    assertThat(request.request().getRequestId()).hasSize(36);
    assertThat(request.request().getOnUncertain()).isEqualTo(OnUncertain.REPORT);
    assertThat(request.request().getIdempotencyKey()).isNull();
  }

  @Test
  void theOtherKindsOfContent() throws Exception {
    String to = "{" + LEAST + ", \"to\": \"a@example.com\", ";

    assertThat(
            request(to + "\"template\": {\"id\": \"t1\", \"variables\": {\"a\": \"b\"}}}")
                .getContent())
        .isEqualTo(new TemplateContent("t1", null, Map.of("a", "b")));
    assertThat(request(to + "\"content\": {\"raw\": \"YWJj\"}}").getContent())
        .isEqualTo(new RawContent(bytes("abc")));
    assertThat(
            request(to + "\"reference\": {\"uri\": \"s3://b/k\", \"sha256\": \"ab\", \"size\": 3}}")
                .getContent())
        .isEqualTo(new ReferenceContent("s3://b/k", "ab", 3L));
  }

  @Test
  void allFaultsAtOnce() throws Exception {
    assertThat(
            faults(
                """
                {"tenant": 1, "stream": "s", "to": ["a@example.com", "nobody", 5], "subjet": "x",
                 "send_at": "tomorrow", "lane": "express", "tags": ["x"],
                 "attachments": [{"filename": "a", "content": "%%%", "size": 1}]}
                """))
        .containsExactlyInAnyOrder(
            "tenant: give a text in quotes",
            "from: is missing",
            "to[1]: 'nobody' is no address: give local-part@domain, with a domain name",
            "to[2]: give \"a@example.com\", \"Name <a@example.com>\" or {\"address\": …}",
            "subjet: no such field; did you mean subject?",
            "send_at: give a time such as 2026-11-21T09:00:00Z, +10m, or milliseconds since 1970",
            "lane: 'express' is none of [TRANSACTIONAL, BULK]",
            "tags: give an object of texts",
            "attachments[0].size: no such field; there are content, content_id, content_type,"
                + " filename");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"text\": \"t\" | to: is missing: give at least one recipient in to, cc or bcc",
        "\"to\": \"a@b.example\" | content: is missing: give text, html, template, raw or"
            + " reference",
        "\"to\": \"a@b.example\", \"text\": \"t\", \"raw\": \"YQ==\" | content: is given in more"
            + " than one kind: text/html/attachments, raw",
        "\"to\": \"a@b.example\", \"text\": \"t\", \"content\": {} | content: give either content"
            + " as an object, or its fields at the top",
        "\"to\": \"a@b.example\", \"template\": {} | template.id: is missing",
        "\"to\": \"a@b.example\", \"reference\": {\"uri\": \"u\"} | reference.size: give the size"
            + " in bytes",
      })
  void oneFault(String fields, String fault) throws Exception {
    assertThat(faults("{" + LEAST + ", " + fields + "}")).containsExactly(fault);
  }

  @Test
  void whatIsNoObject() throws Exception {
    assertThat(faults("[]")).containsExactly("give a JSON object");
  }
}

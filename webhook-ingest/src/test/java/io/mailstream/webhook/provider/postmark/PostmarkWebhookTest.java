package io.mailstream.webhook.provider.postmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Authentic;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.WebhookContract;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PostmarkWebhookTest implements WebhookContract {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String CREDENTIAL = "postmark:correct horse battery";
  private static final String SECRET = "5up3r-s3cr3t-v4lu3";
  private static final String BOUNCE =
      """
      {"RecordType":"Bounce","Type":"HardBounce","ID":42,"MessageID":"m1",
       "Email":"jane@example.com","Details":"smtp;550 5.1.1 user unknown","Inactive":true,
       "BouncedAt":"2026-11-20T10:00:00.1234567Z","Metadata":{"ms_delivery_id":"d1",
       "ms_tenant":"shop","ms_stream":"news","campaign":"autumn"}}\
      """;
  private static final String COMPLAINT =
      """
      {"RecordType":"SpamComplaint","Type":"SpamComplaint","ID":43,"MessageID":"m1",
       "Email":"jane@example.com","BouncedAt":"2026-11-20T11:00:00Z"}\
      """;

  private final PostmarkWebhook webhook =
      new PostmarkWebhook(
          new PostmarkSettings(List.of(CREDENTIAL, "next:one"), "x-secret", List.of(SECRET)));

  @Override
  public WebhookProvider provider() {
    return webhook;
  }

  @Override
  public Instant now() {
    return NOW;
  }

  @Override
  public WebhookRequest hardBounce() {
    return authentic(BOUNCE);
  }

  @Override
  public WebhookRequest complaint() {
    return authentic(COMPLAINT);
  }

  @Override
  public WebhookRequest unknownEvent() {
    return authentic(BOUNCE.replace("\"RecordType\":\"Bounce\"", "\"RecordType\":\"Teleported\""));
  }

  @Override
  public WebhookRequest hardBounceWithTrace(String traceparent) {
    return authentic(WebhookContract.withTrace(BOUNCE, traceparent));
  }

  @Override
  public WebhookRequest hardBounceOf(String recipient) {
    return authentic(BOUNCE.replace("jane@example.com", recipient));
  }

  @Override
  public WebhookRequest authentic(String content) {
    return request(basic(CREDENTIAL), content);
  }

  @Override
  public Optional<WebhookRequest> batchWithOneBadEntry() {
    return Optional.empty();
  }

  @Override
  public Map<Part, WebhookRequest> forgeries() {
    return Map.of(
        Part.SIGNATURE, request(basic(CREDENTIAL.replace("correct", "corrupt")), BOUNCE),
        Part.KEY, request(basic("mallory:hers"), BOUNCE));
  }

  /** Postmark signs nothing: who knows the credential is believed. */
  @Override
  public Set<Part> notCovered() {
    return EnumSet.of(Part.BODY, Part.TIMESTAMP, Part.TOKEN, Part.URL);
  }

  @Override
  public byte[] covered(WebhookRequest request) {
    String header = request.headers().get("authorization");
    if (!header.toLowerCase(Locale.ROOT).startsWith("basic ")) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(header.substring(6).strip());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Test
  void aSecretInAHeaderIsAsGood() {
    assertThat(receive(Map.of("x-secret", SECRET))).isInstanceOf(Authentic.class);
    assertThat(receive(Map.of("x-secret", SECRET + "x"))).isInstanceOf(Refused.class);
    assertThat(receive(Map.of("x-other", SECRET))).isInstanceOf(Refused.class);
  }

  @Test
  void eachOfSeveralIsTaken() {
    assertThat(receive(Map.of("authorization", basic("next:one")))).isInstanceOf(Authentic.class);
    assertThat(receive(Map.of("authorization", "bAsIc " + basic("next:one").substring(6))))
        .isInstanceOf(Authentic.class);
  }

  @Test
  void nothingAtAllIsNoCredential() {
    PostmarkWebhook onlySecret =
        new PostmarkWebhook(new PostmarkSettings(List.of(), "x-secret", List.of(SECRET)));
    for (String header : List.of("", "Basic", "Basic ", "Basic Og==", "Bearer x", "Basic ***")) {
      assertThat(onlySecret.receive(request(header, BOUNCE), NOW))
          .as(header)
          .isInstanceOf(Refused.class);
    }
    assertThat(onlySecret.receive(request(basic(CREDENTIAL), BOUNCE), NOW))
        .isInstanceOf(Refused.class);
  }

  @Test
  void theTraceIdTellsARepeat() {
    Map<String, String> headers = new HashMap<>(Map.of("authorization", basic(CREDENTIAL)));
    headers.put("x-pm-webhook-trace-id", "t1");
    String id = id(headers, BOUNCE);

    assertThat(id(headers, BOUNCE.replace("\"ID\":42", "\"ID\":44"))).isEqualTo(id);
    headers.put("x-pm-webhook-trace-id", "t2");
    assertThat(id(headers, BOUNCE)).isNotEqualTo(id);
    assertThat(id(Map.of("authorization", basic(CREDENTIAL)), BOUNCE)).isNotEqualTo(id);
  }

  private String id(Map<String, String> headers, String body) {
    Receipt receipt =
        webhook.receive(new WebhookRequest(headers, body.getBytes(StandardCharsets.UTF_8)), NOW);
    return ((Authentic) receipt).events().getFirst().getEventId();
  }

  private Receipt receive(Map<String, String> headers) {
    return webhook.receive(
        new WebhookRequest(headers, BOUNCE.getBytes(StandardCharsets.UTF_8)), NOW);
  }

  private static WebhookRequest request(String authorization, String body) {
    return new WebhookRequest(
        Map.of("authorization", authorization), body.getBytes(StandardCharsets.UTF_8));
  }

  private static String basic(String credential) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8));
  }
}

package io.mailstream.webhook.provider.mailgun;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.webhook.provider.BoundedJson;
import io.mailstream.webhook.provider.Nonce;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Authentic;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.Samples;
import io.mailstream.webhook.provider.WebhookContract;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MailgunWebhookTest implements WebhookContract {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String TOKEN = "1483353025fd6e45b682f14b18d943c52cea11161c1721ee85";
  private static final String SAMPLES_KEY = "key-0p6mqbf74lb20gzq9f4dhpn9rg3zyk26";
  private static final MailgunSigner SIGNER = new MailgunSigner("first-key");
  private static final MailgunSigner ANOTHER = new MailgunSigner("no-key-of-ours");
  private static final String BOUNCE =
      """
      {"id":"e1","timestamp":1760000000.123,"event":"failed","severity":"permanent",
       "reason":"bounce","recipient":"jane@example.com",
       "delivery-status":{"code":550,"message":"No Such User Here","enhanced-code":"5.1.1"},
       "message":{"headers":{"message-id":"m1"}},
       "user-variables":{"ms_delivery_id":"d1","ms_tenant":"shop","ms_stream":"news",
       "campaign":"autumn"}}\
      """;
  private static final String COMPLAINT =
      """
      {"id":"e2","timestamp":1760000100.5,"event":"complained","recipient":"jane@example.com"}\
      """;

  private final MailgunWebhook webhook =
      new MailgunWebhook(
          new MailgunSettings(List.of("first-key", "next-key"), Duration.ofHours(12)));

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
    return authentic(BOUNCE.replace("\"failed\"", "\"teleported\""));
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
    return SIGNER.sign(content, TOKEN, NOW.minusSeconds(2));
  }

  @Override
  public Optional<WebhookRequest> batchWithOneBadEntry() {
    return Optional.empty();
  }

  @Override
  public Map<Part, WebhookRequest> forgeries() {
    String seconds = String.valueOf(NOW.getEpochSecond());
    String signature = SIGNER.signature(seconds, TOKEN);
    return Map.of(
        Part.SIGNATURE,
        MailgunSigner.request(BOUNCE, TOKEN, seconds, SIGNER.signature(seconds, TOKEN + "0")),
        Part.TIMESTAMP,
        MailgunSigner.request(BOUNCE, TOKEN, String.valueOf(NOW.getEpochSecond() + 1), signature),
        Part.TOKEN,
        MailgunSigner.request(BOUNCE, TOKEN.replace("14833", "14834"), seconds, signature),
        Part.KEY,
        ANOTHER.sign(BOUNCE, TOKEN, NOW));
  }

  /** Neither body nor URL is signed; that a token is for one body is the nonce's part. */
  @Override
  public Set<Part> notCovered() {
    return Set.of(Part.BODY, Part.URL);
  }

  @Override
  public byte[] covered(WebhookRequest request) {
    Optional<JsonNode> callback = BoundedJson.object(request.body());
    return callback
        .map(json -> json.path("signature"))
        .map(json -> json.path("timestamp").asText() + " " + json.path("token").asText())
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .orElse(null);
  }

  @Test
  void eachOfSeveralKeysIsTaken() {
    assertThat(webhook.receive(new MailgunSigner("next-key").sign(BOUNCE, TOKEN, NOW), NOW))
        .isInstanceOf(Authentic.class);
  }

  @Test
  void theNonceIsOfTheTokenAndItsBodyOfTheBody() {
    Nonce nonce = nonce(BOUNCE, TOKEN);

    assertThat(nonce(BOUNCE, TOKEN)).isEqualTo(nonce);
    assertThat(nonce(COMPLAINT, TOKEN).id()).isEqualTo(nonce.id());
    assertThat(nonce(COMPLAINT, TOKEN).body()).isNotEqualTo(nonce.body());
    assertThat(nonce(BOUNCE, TOKEN + "0").id()).isNotEqualTo(nonce.id());
    assertThat(nonce.id()).hasSize(64).doesNotContain(TOKEN);
    assertThat(nonce.expiresAt()).isEqualTo(NOW.plus(Duration.ofHours(12)));
  }

  /** The same signature for another split would be another nonce, and a replay. */
  @Test
  void digitsCannotMoveBetweenTimestampAndToken() {
    String seconds = String.valueOf(NOW.getEpochSecond());
    String signature = SIGNER.signature(seconds, TOKEN);

    assertRefused(
        webhook.receive(
            MailgunSigner.request(
                BOUNCE, seconds.substring(9) + TOKEN, seconds.substring(0, 9), signature),
            NOW),
        "unsigned");
    assertRefused(
        webhook.receive(
            MailgunSigner.request(BOUNCE, TOKEN.substring(1), seconds + TOKEN.charAt(0), signature),
            NOW),
        "unsigned");
  }

  @Test
  void aSignatureIsInLowerCase() {
    String seconds = String.valueOf(NOW.getEpochSecond());
    String signature = SIGNER.signature(seconds, TOKEN).toUpperCase(java.util.Locale.ROOT);

    assertRefused(
        webhook.receive(MailgunSigner.request(BOUNCE, TOKEN, seconds, signature), NOW), "unsigned");
  }

  @Test
  void everySampleOfMailgunsIsAuthenticInItsTimeAndOldToday() {
    MailgunWebhook ofSamples =
        new MailgunWebhook(new MailgunSettings(List.of(SAMPLES_KEY), Duration.ofHours(12)));
    for (String path : Samples.all("mailgun")) {
      WebhookRequest request = new WebhookRequest(Map.of(), Samples.bytes(path));
      Instant then =
          Instant.ofEpochSecond(Samples.read(path).at("/signature/timestamp").asLong() + 5);

      assertThat(((Authentic) ofSamples.receive(request, then)).events()).as(path).hasSize(1);
      assertRefused(ofSamples.receive(request, NOW), "replayed");
      assertRefused(webhook.receive(request, then), "forged");
    }
  }

  private Nonce nonce(String event, String token) {
    Receipt receipt = webhook.receive(SIGNER.sign(event, token, NOW), NOW);
    return ((Authentic) receipt).nonce().orElseThrow();
  }

  private static void assertRefused(Receipt receipt, String outcome) {
    assertThat(receipt).isInstanceOf(Refused.class);
    assertThat(receipt.outcome()).isEqualTo(outcome);
  }
}

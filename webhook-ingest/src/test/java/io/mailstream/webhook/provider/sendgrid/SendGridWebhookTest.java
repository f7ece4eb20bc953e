package io.mailstream.webhook.provider.sendgrid;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Authentic;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.WebhookContract;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SendGridWebhookTest implements WebhookContract {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final SendGridSigner SIGNER = new SendGridSigner();
  private static final SendGridSigner NEXT = new SendGridSigner();
  private static final SendGridSigner ANOTHER = new SendGridSigner();
  private static final String BOUNCE =
      """
      {"email":"jane@example.com","timestamp":1760000000,"event":"bounce","type":"bounce",
       "sg_event_id":"e1","sg_message_id":"m1","reason":"550 5.1.1 user unknown",
       "status":"5.1.1","ms_delivery_id":"d1","ms_tenant":"shop","ms_stream":"news",
       "ms_tag_campaign":"autumn"}\
      """;
  private static final String COMPLAINT =
      """
      {"email":"jane@example.com","timestamp":1760000100,"event":"spamreport",
       "sg_event_id":"e2","sg_message_id":"m1"}\
      """;

  private final SendGridWebhook webhook = webhook(SIGNER);

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
    return authentic("[" + BOUNCE + "]");
  }

  @Override
  public WebhookRequest complaint() {
    return authentic("[" + COMPLAINT + "]\r\n");
  }

  @Override
  public WebhookRequest unknownEvent() {
    return authentic(
        "[" + BOUNCE.replace("\"event\":\"bounce\"", "\"event\":\"teleported\"") + "]");
  }

  @Override
  public WebhookRequest hardBounceWithTrace(String traceparent) {
    return authentic("[" + WebhookContract.withTrace(BOUNCE, traceparent) + "]");
  }

  @Override
  public WebhookRequest hardBounceOf(String recipient) {
    return authentic("[" + BOUNCE.replace("jane@example.com", recipient) + "]");
  }

  @Override
  public WebhookRequest authentic(String content) {
    return SIGNER.sign(content, NOW.minusSeconds(2));
  }

  @Override
  public Optional<WebhookRequest> batchWithOneBadEntry() {
    return Optional.of(authentic("[" + BOUNCE + ",{\"event\":\"bounce\"}," + COMPLAINT + "]"));
  }

  @Override
  public Map<Part, WebhookRequest> forgeries() {
    WebhookRequest genuine = hardBounce();
    String body = new String(genuine.body(), StandardCharsets.UTF_8);
    String timestamp = genuine.headers().get(SendGridWebhook.TIMESTAMP);
    String signature = genuine.headers().get(SendGridWebhook.SIGNATURE);
    String later = String.valueOf(Long.parseLong(timestamp) + 1);
    return Map.of(
        Part.BODY,
        SendGridSigner.request(timestamp, signature, body.replace("jane@", "june@")),
        Part.TIMESTAMP,
        SendGridSigner.request(later, signature, body),
        Part.SIGNATURE,
        SendGridSigner.request(timestamp, SIGNER.signature(later + body), body),
        Part.KEY,
        ANOTHER.sign(body, NOW));
  }

  /** The URL is not signed, and there is no token: a repeat within the window changes nothing. */
  @Override
  public Set<Part> notCovered() {
    return Set.of(Part.URL, Part.TOKEN);
  }

  @Override
  public byte[] covered(WebhookRequest request) {
    ByteArrayOutputStream covered = new ByteArrayOutputStream();
    covered.writeBytes(
        request.headers().get(SendGridWebhook.TIMESTAMP).getBytes(StandardCharsets.UTF_8));
    covered.writeBytes(request.body());
    return covered.toByteArray();
  }

  @Test
  void eachOfSeveralKeysIsTakenWhileOneReplacesAnother() {
    SendGridWebhook both = webhook(SIGNER, NEXT);

    assertThat(both.receive(SIGNER.sign("[" + BOUNCE + "]", NOW), NOW))
        .isInstanceOf(Authentic.class);
    assertThat(both.receive(NEXT.sign("[" + BOUNCE + "]", NOW), NOW)).isInstanceOf(Authentic.class);
    assertThat(both.receive(ANOTHER.sign("[" + BOUNCE + "]", NOW), NOW))
        .isInstanceOf(Refused.class);
    assertThat(webhook.receive(NEXT.sign("[" + BOUNCE + "]", NOW), NOW))
        .isInstanceOf(Refused.class);
  }

  @Test
  void aLineEndIsPartOfTheBody() {
    WebhookRequest withLineEnd = authentic("[" + BOUNCE + "]\r\n");
    byte[] without = Arrays.copyOf(withLineEnd.body(), withLineEnd.body().length - 2);

    assertThat(webhook.receive(withLineEnd, NOW)).isInstanceOf(Authentic.class);
    assertThat(webhook.receive(new WebhookRequest(withLineEnd.headers(), without), NOW))
        .isInstanceOf(Refused.class);
  }

  @Test
  void theWindowIsThatOfTheSettings() {
    WebhookRequest request = hardBounce();

    assertThat(webhook.receive(request, NOW.plus(Duration.ofHours(24))))
        .isInstanceOf(Authentic.class);
    assertRefused(webhook.receive(request, NOW.plus(Duration.ofHours(25))), "replayed");
    assertThat(webhook.receive(request, NOW.minus(Duration.ofMinutes(14))))
        .isInstanceOf(Authentic.class);
    assertRefused(webhook.receive(request, NOW.minus(Duration.ofMinutes(16))), "replayed");
  }

  @Test
  void digitsCannotMoveBetweenTimestampAndBody() {
    String seconds = String.valueOf(NOW.getEpochSecond());
    String signature = SIGNER.signature(seconds + "[" + BOUNCE + "]");

    assertRefused(
        webhook.receive(
            SendGridSigner.request(
                seconds.substring(0, 9), signature, seconds.substring(9) + "[" + BOUNCE + "]"),
            NOW),
        "unsigned");
  }

  @Test
  void anEmptyBatchIsAcknowledged() {
    assertThat(webhook.receive(authentic("[]"), NOW)).isEqualTo(new Receipt.Done("no_bearing"));
  }

  private static void assertRefused(Receipt receipt, String outcome) {
    assertThat(receipt).isInstanceOf(Refused.class);
    assertThat(receipt.outcome()).isEqualTo(outcome);
  }

  private static SendGridWebhook webhook(SendGridSigner... signers) {
    return new SendGridWebhook(
        new SendGridSettings(
            Arrays.stream(signers)
                .map(signer -> {
                  try {
                    return SendGridSettings.key(signer.publicKey());
                  } catch (InvalidKeyException e) {
                    throw new IllegalStateException(e);
                  }
                })
                .toList(),
            Duration.ofHours(25)),
        EcdsaP256.ofAmazon().orElseGet(EcdsaP256::ofJdk));
  }
}

package io.mailstream.webhook.provider.sendgrid;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.webhook.provider.BoundedJson;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Reading;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.ReplayWindow;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * SendGrid's signed Event Webhook: ECDSA over the timestamp header and the body's bytes. A repeat
 * does no harm: its events have the ids that they had.
 */
public final class SendGridWebhook implements WebhookProvider {

  static final String NAME = "sendgrid";
  static final String SIGNATURE = "x-twilio-email-event-webhook-signature";
  static final String TIMESTAMP = "x-twilio-email-event-webhook-timestamp";

  /** Of fixed length: or digits could move between timestamp and body under one signature. */
  private static final Pattern SECONDS = Pattern.compile("\\d{10}");

  private final SendGridSettings settings;
  private final ReplayWindow window;
  private final EcdsaP256 ecdsa;

  /** By the fastest ECDSA there is here. */
  public SendGridWebhook(SendGridSettings settings) {
    this(settings, EcdsaP256.fastest());
  }

  SendGridWebhook(SendGridSettings settings, EcdsaP256 ecdsa) {
    this.settings = settings;
    this.window = new ReplayWindow(settings.replayWindow());
    this.ecdsa = ecdsa;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Receipt receive(WebhookRequest request, Instant now) {
    Optional<String> timestamp =
        request.header(TIMESTAMP).filter(text -> SECONDS.matcher(text).matches());
    Optional<byte[]> signature = request.header(SIGNATURE).flatMap(SendGridWebhook::base64);
    if (timestamp.isEmpty() || signature.isEmpty()) {
      return new Refused(
          "unsigned",
          401,
          "the callback is not signed: turn on the signed Event Webhook in SendGrid");
    }
    // Cheaper than the signature, and a refusal either way.
    if (!window.contains(Instant.ofEpochSecond(Long.parseLong(timestamp.get())), now)) {
      return new Refused(
          "replayed", 403, "the timestamp is not within sendgrid.replay.window.ms of now");
    }
    byte[] signed = timestamp.get().getBytes(StandardCharsets.US_ASCII);
    boolean isGenuine =
        settings.keys().stream()
            .anyMatch(key -> ecdsa.verify(key, signature.get(), signed, request.body()));
    return isGenuine
        ? read(request.body(), now)
        : new Refused(
            "forged", 401, "the signature is of none of the keys in sendgrid.public.keys");
  }

  private static Receipt read(byte[] body, Instant now) {
    Optional<JsonNode> entries = BoundedJson.array(body);
    SendGridEvents events = new SendGridEvents(new EventSource(NAME, now));
    return entries.isPresent()
        ? Reading.all(entries.get(), events::read, Optional.empty())
        : Reading.unreadable(
            body, "SendGrid's callback is not a JSON array within the bounds", Optional.empty());
  }

  private static Optional<byte[]> base64(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

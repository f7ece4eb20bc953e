package io.mailstream.webhook.provider.mailgun;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.webhook.provider.BoundedJson;
import io.mailstream.webhook.provider.Digests;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Json;
import io.mailstream.webhook.provider.Nonce;
import io.mailstream.webhook.provider.Reading;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.ReplayWindow;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Mailgun's webhooks: HMAC-SHA256 over a timestamp and a token, not over the body. So that a
 * signature that somebody saw cannot be put under another body, each token is taken for one body
 * only: the receipt carries it as a {@link Nonce}.
 */
public final class MailgunWebhook implements WebhookProvider {

  static final String NAME = "mailgun";

  /** Of fixed length: or digits could move between timestamp and token under one signature. */
  private static final Pattern SECONDS = Pattern.compile("\\d{10}");

  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{16,128}");
  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");

  private final List<byte[]> keys;
  private final ReplayWindow window;

  /** The provider. */
  public MailgunWebhook(MailgunSettings settings) {
    this.keys = Digests.utf8(settings.keys());
    this.window = new ReplayWindow(settings.replayWindow());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Receipt receive(WebhookRequest request, Instant now) {
    Optional<JsonNode> callback = BoundedJson.object(request.body());
    if (callback.isEmpty()) {
      return new Refused("malformed", 400, "the body is not a JSON object: Mailgun sends one");
    }
    JsonNode signature = callback.get().path("signature");
    String timestamp = matching(SECONDS, signature, "timestamp");
    String token = matching(TOKEN, signature, "token");
    String mac = matching(SIGNATURE, signature, "signature");
    if (timestamp == null || token == null || mac == null) {
      return new Refused("unsigned", 401, "the callback is not signed");
    }
    byte[] signed = (timestamp + token).getBytes(StandardCharsets.US_ASCII);
    if (!Digests.isMac("HmacSHA256", keys, signed, HexFormat.of().parseHex(mac))) {
      return new Refused(
          "forged", 401, "the signature is of none of the keys in mailgun.signing.keys");
    }
    Instant signedAt = Instant.ofEpochSecond(Long.parseLong(timestamp));
    if (!window.contains(signedAt, now)) {
      return new Refused(
          "replayed", 403, "the timestamp is not within mailgun.replay.window.ms of now");
    }
    Nonce nonce =
        new Nonce(
            Digests.sha256Hex(signed), Digests.sha256Hex(request.body()), window.endFor(signedAt));
    JsonNode event = callback.get().path("event-data");
    MailgunEvents events = new MailgunEvents(new EventSource(NAME, now));
    return event.isObject()
        ? Reading.all(List.of(event), events::read, Optional.of(nonce))
        : Reading.unreadable(
            request.body(), "Mailgun's callback has no event-data", Optional.of(nonce));
  }

  private static String matching(Pattern form, JsonNode object, String name) {
    String text = Json.text(object, name);
    return text != null && form.matcher(text).matches() ? text : null;
  }
}

package io.mailstream.webhook.provider.mailgun;

import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs as Mailgun does. */
public final class MailgunSigner {

  private final String key;

  /** With a key. */
  public MailgunSigner(String key) {
    this.key = key;
  }

  /** A signed callback. */
  public WebhookRequest sign(String event, String token, Instant at) {
    String timestamp = String.valueOf(at.getEpochSecond());
    return request(event, token, timestamp, signature(timestamp, token));
  }

  String signature(String timestamp, String token) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of()
          .formatHex(mac.doFinal((timestamp + token).getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static WebhookRequest request(String event, String token, String timestamp, String signature) {
    String body =
        "{\"signature\":{\"token\":\"%s\",\"timestamp\":\"%s\",\"signature\":\"%s\"},\"event-data\":%s}"
            .formatted(token, timestamp, signature, event);
    return new WebhookRequest(Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }
}

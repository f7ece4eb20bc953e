package io.mailstream.webhook.provider.sendgrid;

import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** Signs as SendGrid does. */
public final class SendGridSigner {

  private final KeyPair keys;

  /** With a new key. */
  public SendGridSigner() {
    this("secp256r1");
  }

  SendGridSigner(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      keys = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public key as SendGrid shows it. */
  public String publicKey() {
    return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  /** A signed callback. */
  public WebhookRequest sign(String body, Instant at) {
    String timestamp = String.valueOf(at.getEpochSecond());
    return request(timestamp, signature(timestamp + body), body);
  }

  String signature(String message) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(message.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static WebhookRequest request(String timestamp, String signature, String body) {
    return new WebhookRequest(
        Map.of(
            "x-twilio-email-event-webhook-timestamp",
            timestamp,
            "x-twilio-email-event-webhook-signature",
            signature),
        body.getBytes(StandardCharsets.UTF_8));
  }
}

package io.mailstream.benchmarks;

import io.mailstream.webhook.provider.WebhookRequest;
import io.mailstream.webhook.provider.sendgrid.EcdsaP256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** SendGrid: ECDSA over P-256 of a timestamp and the body, which has many events. */
final class SendGridScheme implements CallbackScheme {

  private static final String SIGNATURE = "x-twilio-email-event-webhook-signature";
  private static final String TIMESTAMP = "x-twilio-email-event-webhook-timestamp";

  private final KeyPair keys;
  private final int events;
  private final EcdsaP256 ecdsa = EcdsaP256.fastest();

  private SendGridScheme(KeyPair keys, int events) {
    this.keys = keys;
    this.events = events;
  }

  static SendGridScheme one() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return new SendGridScheme(generator.generateKeyPair(), 1);
  }

  /** The same key, more events in a callback. */
  SendGridScheme ofMany(int many) {
    return new SendGridScheme(keys, many);
  }

  @Override
  public String name() {
    return events == 1 ? "SendGrid" : "SendGrid, %d events each".formatted(events);
  }

  @Override
  public String path() {
    return "/webhooks/sendgrid";
  }

  @Override
  public int events() {
    return events;
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "sendgrid.public.keys", Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()));
  }

  @Override
  public WebhookRequest sign(String id) {
    String timestamp = String.valueOf(Instant.now().getEpochSecond());
    String body =
        IntStream.range(0, events)
            .mapToObj(i ->
                """
                {"email":"%1$s.%2$d@example.com","timestamp":%3$s,"event":"delivered",\
                "smtp-id":"<%1$s@sender.example>","sg_event_id":"%1$s-%2$d",\
                "sg_message_id":"%1$s.filter0001.16648.5515E0B88.%2$d","ms_tenant":"bench",\
                "ms_stream":"mail","response":"250 OK","category":["mail"]}\
                """
                    .formatted(id, i, timestamp))
            .collect(Collectors.joining(",", "[", "]"));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update((timestamp + body).getBytes(StandardCharsets.UTF_8));
      return new WebhookRequest(
          Map.of(
              TIMESTAMP,
              timestamp,
              SIGNATURE,
              Base64.getEncoder().encodeToString(signature.sign())),
          body.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform signs by ECDSA", e);
    }
  }

  @Override
  public boolean verify(WebhookRequest callback) {
    return ecdsa.verify(
        (ECPublicKey) keys.getPublic(),
        Base64.getDecoder().decode(callback.header(SIGNATURE).orElseThrow()),
        callback.header(TIMESTAMP).orElseThrow().getBytes(StandardCharsets.US_ASCII),
        callback.body());
  }
}

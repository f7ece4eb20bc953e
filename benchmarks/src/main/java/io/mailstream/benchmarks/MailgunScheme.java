package io.mailstream.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.webhook.provider.BoundedJson;
import io.mailstream.webhook.provider.Digests;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Mailgun: HMAC-SHA256 of a timestamp and a token, which stand in the body. */
final class MailgunScheme implements CallbackScheme {

  private static final String KEY = "a signing key of Mailgun";
  private static final String ALGORITHM = "HmacSHA256";
  private static final List<byte[]> KEYS = Digests.utf8(List.of(KEY));

  @Override
  public String name() {
    return "Mailgun";
  }

  @Override
  public String path() {
    return "/webhooks/mailgun";
  }

  @Override
  public int events() {
    return 1;
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("mailgun.signing.keys", KEY);
  }

  @Override
  public WebhookRequest sign(String id) {
    Instant now = Instant.now();
    String timestamp = String.valueOf(now.getEpochSecond());
    String token = Digests.sha256Hex(id.getBytes(StandardCharsets.UTF_8)).substring(0, 50);
    byte[] mac = Macs.of(ALGORITHM, KEY, timestamp + token);
    String body =
        """
        {"signature":{"token":"%s","timestamp":"%s","signature":"%s"},"event-data":{"id":"%4$s",\
        "timestamp":%2$s.5,"log-level":"info","event":"delivered","delivery-status":{"tls":true,\
        "mx-host":"mx.example.com","code":250,"description":"","attempt-no":1,"message":"OK"},\
        "flags":{"is-routed":false,"is-authenticated":true,"is-test-mode":false},\
        "envelope":{"transport":"smtp","sender":"shop@sender.example","sending-ip":"192.0.2.1",\
        "targets":"%4$s@example.com"},"message":{"headers":{"to":"%4$s@example.com",\
        "message-id":"%4$s@sender.example","from":"shop@sender.example","subject":"Order"},\
        "size":2111},"recipient":"%4$s@example.com","recipient-domain":"example.com",\
        "user-variables":{"ms_tenant":"bench","ms_stream":"mail"}}}\
        """
            .formatted(token, timestamp, HexFormat.of().formatHex(mac), id);
    return new WebhookRequest(
        Map.of("content-type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean verify(WebhookRequest callback) {
    JsonNode signature = BoundedJson.object(callback.body()).orElseThrow().path("signature");
    String signed = signature.path("timestamp").asText() + signature.path("token").asText();
    return Digests.isMac(
        ALGORITHM,
        KEYS,
        signed.getBytes(StandardCharsets.US_ASCII),
        HexFormat.of().parseHex(signature.path("signature").asText()));
  }
}

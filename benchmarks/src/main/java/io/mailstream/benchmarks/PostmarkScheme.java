package io.mailstream.benchmarks;

import io.mailstream.webhook.provider.Digests;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Postmark: a secret in a header, and no signature. */
final class PostmarkScheme implements CallbackScheme {

  private static final String SECRET = "a secret of Postmark";
  private static final String HEADER = "x-mailstream-secret";
  private static final List<byte[]> SECRETS = Digests.utf8(List.of(SECRET));

  @Override
  public String name() {
    return "Postmark";
  }

  @Override
  public String path() {
    return "/webhooks/postmark";
  }

  @Override
  public int events() {
    return 1;
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("postmark.secret.header", HEADER, "postmark.secrets", SECRET);
  }

  @Override
  public WebhookRequest sign(String id) {
    String body =
        """
        {"RecordType":"Delivery","ServerID":23,"MessageStream":"outbound","MessageID":"%1$s",\
        "Recipient":"%1$s@example.com","Tag":"mail","DeliveredAt":"%2$s",\
        "Details":"250 2.0.0 OK","Metadata":{"ms_tenant":"bench","ms_stream":"mail"}}\
        """
            .formatted(id, Instant.now());
    return new WebhookRequest(Map.of(HEADER, SECRET), body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean verify(WebhookRequest callback) {
    return Digests.isOneOf(
        SECRETS, callback.header(HEADER).orElseThrow().getBytes(StandardCharsets.UTF_8));
  }
}

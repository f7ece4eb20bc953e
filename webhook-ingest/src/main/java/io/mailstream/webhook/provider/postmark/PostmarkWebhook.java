package io.mailstream.webhook.provider.postmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.webhook.provider.BoundedJson;
import io.mailstream.webhook.provider.Digests;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Reading;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Postmark's webhooks: basic authentication or a secret header. Postmark does not repeat what got
 * most of 4xx, so nothing that is authentic is refused.
 */
public final class PostmarkWebhook implements WebhookProvider {

  static final String NAME = "postmark";
  static final String AUTHORIZATION = "authorization";
  private static final String TRACE_ID = "x-pm-webhook-trace-id";
  private static final String SCHEME = "Basic ";

  private final List<byte[]> credentials;
  private final String secretHeader;
  private final List<byte[]> secrets;

  /** The provider. */
  public PostmarkWebhook(PostmarkSettings settings) {
    this.credentials = Digests.utf8(settings.credentials());
    this.secretHeader = settings.secretHeader();
    this.secrets = Digests.utf8(settings.secrets());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Receipt receive(WebhookRequest request, Instant now) {
    // Both are looked at, whatever the first says.
    boolean hasCredential = Digests.isOneOf(credentials, credential(request));
    boolean hasSecret = Digests.isOneOf(secrets, secret(request));
    if (!hasCredential && !hasSecret) {
      return new Refused(
          "forged",
          401,
          "the callback has neither a credential of postmark.basic.auth nor a secret of"
              + " postmark.secrets");
    }
    Optional<JsonNode> record = BoundedJson.object(request.body());
    PostmarkEvents events =
        new PostmarkEvents(new EventSource(NAME, now), request.header(TRACE_ID));
    return record.isPresent()
        ? Reading.all(List.of(record.get()), events::read, Optional.empty())
        : Reading.unreadable(
            request.body(),
            "Postmark's callback is not a JSON object within the bounds",
            Optional.empty());
  }

  private byte[] secret(WebhookRequest request) {
    return request.header(secretHeader).orElse("").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] credential(WebhookRequest request) {
    String header = request.header(AUTHORIZATION).orElse("");
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return new byte[0];
    }
    try {
      return Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}

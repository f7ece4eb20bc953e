package io.mailstream.webhook.provider.mandrill;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.webhook.form.Form;
import io.mailstream.webhook.provider.BoundedJson;
import io.mailstream.webhook.provider.Digests;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Reading;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Done;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Mandrill's webhooks: HMAC-SHA1 over the webhook's URL and the form. There is no time in what is
 * signed: a callback may come again at any time, and its events have the ids that they had.
 */
public final class MandrillWebhook implements WebhookProvider {

  static final String NAME = "mandrill";
  static final String SIGNATURE = "x-mandrill-signature";
  static final String EVENTS = "mandrill_events";

  /** Signs the trial that Mandrill makes before a webhook has its key; everybody knows it. */
  static final String TRIAL_KEY = "test-webhook";

  private static final String ALGORITHM = "HmacSHA1";

  private final String url;
  private final List<byte[]> keys;

  /** The provider. */
  public MandrillWebhook(MandrillSettings settings) {
    this.url = settings.url();
    this.keys = Digests.utf8(settings.keys());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isProbedByHead() {
    return true;
  }

  @Override
  public Receipt receive(WebhookRequest request, Instant now) {
    Optional<Form> form = Form.parse(request.body());
    Optional<byte[]> given = form.flatMap(one -> one.value(EVENTS));
    if (given.isEmpty()) {
      return new Refused(
          "malformed", 400, "the body is not a form with mandrill_events: Mandrill sends one");
    }
    byte[] signature = request.header(SIGNATURE).map(MandrillWebhook::base64).orElse(new byte[0]);
    byte[] signed = form.get().joined(url);
    Optional<JsonNode> entries = BoundedJson.array(given.get());
    if (!Digests.isMac(ALGORITHM, keys, signed, signature)) {
      boolean isTrial =
          entries.filter(JsonNode::isEmpty).isPresent()
              && Digests.isMac(ALGORITHM, Digests.utf8(List.of(TRIAL_KEY)), signed, signature);
      return isTrial
          ? new Done("trial")
          : new Refused(
              "forged",
              401,
              "the signature is of none of the keys in mandrill.webhook.keys, or the webhook's"
                  + " URL is not mandrill.webhook.url to the letter");
    }
    MandrillEvents events = new MandrillEvents(new EventSource(NAME, now));
    return entries.isPresent()
        ? Reading.all(entries.get(), events::read, Optional.empty())
        : Reading.unreadable(
            given.get(), "mandrill_events is not a JSON array within the bounds", Optional.empty());
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}

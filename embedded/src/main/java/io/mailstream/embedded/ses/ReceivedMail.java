package io.mailstream.embedded.ses;

import io.mailstream.schemas.DeliveryTags;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mail that the simulator accepted.
 *
 * @param messageId the id that it was given
 * @param from the From address of the request
 * @param recipients the envelope recipients
 * @param tags the email tags
 * @param configurationSet the configuration set, which events are published for
 * @param signedAt when the caller signed the call, to the second: its X-Amz-Date; empty where it
 *     has none
 * @param receivedAt when it was accepted
 * @param answered whether the caller was told: false where the connection was reset
 * @param raw the MIME message; empty where it is not kept
 */
public record ReceivedMail(
    String messageId,
    String from,
    List<String> recipients,
    Map<String, String> tags,
    Optional<String> configurationSet,
    Optional<Instant> signedAt,
    Instant receivedAt,
    boolean answered,
    Optional<byte[]> raw) {

  /** The tag that carries the delivery id. */
  public static final String DELIVERY_ID_TAG = DeliveryTags.DELIVERY_ID;

  /** The delivery id among the tags. */
  public Optional<String> deliveryId() {
    return Optional.ofNullable(tags.get(DELIVERY_ID_TAG));
  }

  ReceivedMail withoutRaw() {
    return new ReceivedMail(
        messageId,
        from,
        recipients,
        tags,
        configurationSet,
        signedAt,
        receivedAt,
        answered,
        Optional.empty());
  }
}

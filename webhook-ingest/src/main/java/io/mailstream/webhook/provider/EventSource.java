package io.mailstream.webhook.provider;

import io.mailstream.schemas.DeliveryTags;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes the events of one callback. What is signed is not always sensible: whatever could make a
 * record too large to be written is bounded here.
 *
 * @param provider the ESP
 * @param receivedAt when the callback came in
 */
public record EventSource(String provider, Instant receivedAt) {

  /** Longest detail in characters. */
  public static final int MAX_DETAIL = 2000;

  private static final int MAX_ADDRESS = 320;
  private static final int MAX_ID = 512;
  private static final int MAX_TAGS = 64;
  private static final int MAX_TAG = 1024;
  private static final int ID_DIGITS = 32;

  /** Whether a text, or null, is an address that events can be about. */
  public static boolean isAddress(String text) {
    return text != null && text.length() <= MAX_ADDRESS && RecipientKey.find(text).isPresent();
  }

  /**
   * An event.
   *
   * @param recipient one for which {@link #isAddress} holds
   * @param occurredAt empty: when it came in
   * @param identity what tells this event from all others of the ESP and of the recipient; a repeat
   *     has the same. It is hashed: ids travel to logs and results, and name nobody
   */
  public FeedbackEvent.Builder event(
      FeedbackType type, String recipient, Optional<Instant> occurredAt, String... identity) {
    String whole = String.join("\n", identity) + "\n" + recipient;
    String id = Digests.sha256Hex(whole.getBytes(StandardCharsets.UTF_8)).substring(0, ID_DIGITS);
    return FeedbackEvent.newBuilder()
        .setEventId(provider + ":" + id)
        .setProvider(provider)
        .setType(type)
        .setRecipient(recipient)
        .setOccurredAt(occurredAt.orElse(receivedAt))
        .setReceivedAt(receivedAt);
  }

  /** Adds what the ESP returned of what was sent along: our own tags, and the request's. */
  public static void addTags(FeedbackEvent.Builder event, Map<String, String> returned) {
    event
        .setDeliveryId(id(returned.get(DeliveryTags.DELIVERY_ID)))
        .setRequestId(id(returned.get(DeliveryTags.REQUEST_ID)))
        .setTenant(id(returned.get(DeliveryTags.TENANT)))
        .setStream(id(returned.get(DeliveryTags.STREAM)));
    Map<String, String> tags = new TreeMap<>();
    returned.forEach((name, value) -> {
      if (isKept(name) && name.length() <= MAX_TAG && tags.size() < MAX_TAGS) {
        tags.put(name, Json.clip(value, MAX_TAG));
      }
    });
    event.setTags(tags);
  }

  /**
   * Whether a tag that came back stays one of the event: the request's own, and the trace, which
   * becomes a header of the event's record when that is made.
   */
  public static boolean isKept(String tag) {
    return !tag.startsWith(DeliveryTags.PREFIX) || tag.equals(DeliveryTags.TRACEPARENT);
  }

  /** Adds what a person may want to read about it, bounded; null: nothing. */
  public static FeedbackEvent.Builder detailed(FeedbackEvent.Builder event, String detail) {
    return event.setDetail(Json.clip(detail, MAX_DETAIL));
  }

  /** An id from outside, bounded; null stays null. */
  public static String id(String text) {
    return text == null || text.isEmpty() ? null : Json.clip(text, MAX_ID);
  }
}

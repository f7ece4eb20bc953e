package io.mailstream.webhook.provider.ses;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.schemas.DeliveryTags;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.Digests;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The mail that an event is about, and events about it. Our own tags tell which delivery it was;
 * the request's tags come back as they are.
 */
final class SesMail {

  private static final String SES_OWN = "ses:";
  private static final int MAX_DETAIL = 2000;
  private static final int HASH_DIGITS = 16;

  private final JsonNode mail;
  private final SnsEnvelope envelope;
  private final Instant receivedAt;

  SesMail(JsonNode mail, SnsEnvelope envelope, Instant receivedAt) {
    this.mail = mail;
    this.envelope = envelope;
    this.receivedAt = receivedAt;
  }

  /** An event for each recipient that the mail was sent to. */
  List<FeedbackEvent> forDestination(FeedbackType type, JsonNode timed, String detail) {
    List<FeedbackEvent> events = new ArrayList<>();
    for (String recipient : destination()) {
      events.add(event(type, timed, recipient, events.size()).setDetail(clip(detail)).build());
    }
    return events;
  }

  /** An event for each address in a list of addresses. */
  List<FeedbackEvent> forNames(FeedbackType type, JsonNode timed, String list) {
    List<FeedbackEvent> events = new ArrayList<>();
    List<String> names = Json.texts(timed.path(list));
    for (String name : names) {
      events.add(event(type, timed, recipient(name, names.size()), events.size()).build());
    }
    return events;
  }

  /** An event for each object in a list of recipients; {@code fill} adds what is its own. */
  List<FeedbackEvent> forRecipients(
      FeedbackType type,
      JsonNode timed,
      String list,
      BiConsumer<FeedbackEvent.Builder, JsonNode> fill) {
    List<FeedbackEvent> events = new ArrayList<>();
    JsonNode recipients = timed.path(list);
    for (JsonNode recipient : recipients) {
      String address = Json.text(recipient, "emailAddress");
      if (address == null) {
        continue;
      }
      FeedbackEvent.Builder event =
          event(type, timed, recipient(address, recipients.size()), events.size());
      fill.accept(event, recipient);
      events.add(event.build());
    }
    return events;
  }

  /**
   * The one we mailed to, where there is only one: a bounce may name the address at which a
   * forwarded mail ended, and mail to the one we know is what must stop.
   */
  private String recipient(String reported, int reportedInAll) {
    List<String> destination = destination();
    return destination.size() == 1 && reportedInAll == 1 ? destination.getFirst() : bare(reported);
  }

  private List<String> destination() {
    return Json.texts(mail.path("destination")).stream().map(SesMail::bare).toList();
  }

  private FeedbackEvent.Builder event(
      FeedbackType type, JsonNode timed, String recipient, int index) {
    return FeedbackEvent.newBuilder()
        .setEventId(
            "%s:%s:%d:%s"
                .formatted(SesEvents.PROVIDER, envelope.messageId(), index, hash(recipient)))
        .setProvider(SesEvents.PROVIDER)
        .setType(type)
        .setRecipient(recipient)
        .setDeliveryId(tag(DeliveryTags.DELIVERY_ID))
        .setRequestId(tag(DeliveryTags.REQUEST_ID))
        .setTenant(tag(DeliveryTags.TENANT))
        .setStream(tag(DeliveryTags.STREAM))
        .setTags(requestTags())
        .setProviderMessageId(Json.text(mail, "messageId"))
        .setOccurredAt(occurredAt(timed))
        .setReceivedAt(receivedAt);
  }

  private Instant occurredAt(JsonNode timed) {
    return Json.time(timed, "timestamp")
        .or(() -> Json.time(mail, "timestamp"))
        .or(envelope::publishedAt)
        .orElse(receivedAt);
  }

  private String tag(String name) {
    List<String> values = Json.texts(mail.path("tags").path(name));
    return values.isEmpty() ? null : values.getFirst();
  }

  private Map<String, String> requestTags() {
    Map<String, String> tags = new TreeMap<>();
    mail.path("tags")
        .fieldNames()
        .forEachRemaining(name -> {
          if (EventSource.isKept(name) && !name.startsWith(SES_OWN) && tag(name) != null) {
            tags.put(name, tag(name));
          }
        });
    return tags;
  }

  /** {@code Jane <jane@example.com>} without its name. */
  private static String bare(String address) {
    int open = address.lastIndexOf('<');
    int close = address.lastIndexOf('>');
    return (open >= 0 && close > open ? address.substring(open + 1, close) : address).strip();
  }

  private static String clip(String detail) {
    return Json.clip(detail, MAX_DETAIL);
  }

  /** Ids travel to logs and results: they name the recipient, but not readably. */
  private static String hash(String recipient) {
    return Digests.sha256Hex(recipient.getBytes(StandardCharsets.UTF_8)).substring(0, HASH_DIGITS);
  }
}

package io.mailstream.webhook.provider.sendgrid;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.schemas.DeliveryTags;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.bounce.BounceClassifier;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Json;
import io.mailstream.webhook.provider.Reading;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * SendGrid's events in our terms. What was sent along as {@code custom_args} stands beside
 * SendGrid's own members, and is told from them by its name.
 */
final class SendGridEvents {

  private static final Pattern ADDED = Pattern.compile("\\.(filter|recvd).*", Pattern.DOTALL);

  private final EventSource source;

  SendGridEvents(EventSource source) {
    this.source = source;
  }

  /** Reads one entry of the array. */
  Reading read(JsonNode entry) {
    String kind = Json.text(entry, "event");
    if (kind == null) {
      return new Reading.Unknown("an entry of SendGrid's has no event");
    }
    String recipient = Json.text(entry, "email");
    if (!EventSource.isAddress(recipient)) {
      return new Reading.Unknown("the recipient of an entry of SendGrid's is no address");
    }
    return switch (kind) {
      case "processed" -> Reading.of(event(FeedbackType.SENT, entry));
      case "delivered" -> Reading.of(event(FeedbackType.DELIVERED, entry));
      case "deferred" -> Reading.of(event(FeedbackType.DELAYED, entry).setBounce(deferred(entry)));
      case "bounce" -> Reading.of(event(FeedbackType.BOUNCED, entry).setBounce(bounced(entry)));
      case "dropped" -> Reading.of(dropped(entry));
      case "open" -> Reading.of(event(FeedbackType.OPENED, entry));
      case "click" ->
          Reading.of(
              EventSource.detailed(event(FeedbackType.CLICKED, entry), Json.text(entry, "url")));
      case "spamreport" ->
          Reading.of(event(FeedbackType.COMPLAINED, entry).setComplaintType("abuse"));
      // Of everything that this sender sends: wider than the stream.
      case "unsubscribe" -> Reading.of(event(FeedbackType.UNSUBSCRIBED, entry).setStream(null));
      case "group_unsubscribe" -> Reading.of(event(FeedbackType.UNSUBSCRIBED, entry));
      case "group_resubscribe" -> Reading.of(event(FeedbackType.RESUBSCRIBED, entry));
      default -> Reading.unknownKind(kind);
    };
  }

  private FeedbackEvent.Builder event(FeedbackType type, JsonNode entry) {
    FeedbackEvent.Builder event =
        source
            .event(
                type,
                Json.text(entry, "email"),
                Json.epochSeconds(entry, "timestamp"),
                identity(entry))
            .setProviderMessageId(EventSource.id(messageId(entry)));
    EventSource.addTags(event, returned(entry));
    return event;
  }

  /** Our own tags, and the request's without what they have in front on this way. */
  private static Map<String, String> returned(JsonNode entry) {
    Map<String, String> returned = new TreeMap<>();
    Json.scalars(entry)
        .forEach((name, value) -> {
          if (!name.startsWith(DeliveryTags.REQUEST_TAG_PREFIX)) {
            if (name.startsWith(DeliveryTags.PREFIX)) {
              returned.put(name, value);
            }
            return;
          }
          String tag = name.substring(DeliveryTags.REQUEST_TAG_PREFIX.length());
          if (!tag.startsWith(DeliveryTags.PREFIX)) {
            returned.put(tag, value);
          }
        });
    return returned;
  }

  /** As SendGrid answered when it took the mail: without what its machines added since. */
  private static String messageId(JsonNode entry) {
    String id = Json.text(entry, "sg_message_id");
    return id == null ? null : ADDED.matcher(id).replaceFirst("");
  }

  /** Some drops have no id: then the entry itself tells them apart, and a repeat is the same. */
  private static String identity(JsonNode entry) {
    String id = Json.text(entry, "sg_event_id");
    return id == null || id.isBlank() ? entry.toString() : id;
  }

  private static Bounce deferred(JsonNode entry) {
    return BounceClassifier.standard()
        .bounce(
            BounceClass.TRANSIENT,
            Optional.empty(),
            Json.text(entry, "status"),
            Json.text(entry, "response"),
            "deferred");
  }

  /** {@code blocked} is about this mail or this sender: the next may pass. */
  private static Bounce bounced(JsonNode entry) {
    boolean isBlocked = "blocked".equals(Json.text(entry, "type"));
    String classification = Json.text(entry, "bounce_classification");
    String diagnostic = Json.text(entry, "reason");
    String status = Json.text(entry, "status");
    BounceCategory byServer = BounceClassifier.standard().classify(status, diagnostic);
    boolean isVague = byServer == BounceCategory.GENERAL || byServer == BounceCategory.UNKNOWN;
    return BounceClassifier.standard()
        .bounce(
            isBlocked ? BounceClass.TRANSIENT : BounceClass.PERMANENT,
            Optional.of(isVague ? named(classification) : byServer),
            status,
            diagnostic,
            (isBlocked ? "blocked" : "bounce")
                + (classification == null ? "" : "/" + classification));
  }

  private static BounceCategory named(String classification) {
    return switch (classification == null ? "" : classification) {
      case "Invalid Address" -> BounceCategory.INVALID_RECIPIENT;
      case "Mailbox Unavailable" -> BounceCategory.MAILBOX_FULL;
      case "Reputation" -> BounceCategory.REPUTATION;
      case "Content" -> BounceCategory.CONTENT_REJECTED;
      case "Frequency or Volume Too High" -> BounceCategory.RATE_LIMITED;
      case "Technical Failure" -> BounceCategory.PROTOCOL;
      default -> BounceCategory.GENERAL;
    };
  }

  /** Not sent at all: because of SendGrid's own lists, or for a fault of the mail. */
  private FeedbackEvent.Builder dropped(JsonNode entry) {
    String reason = Json.text(entry, "reason");
    return switch (reason == null ? "" : reason) {
      case "Bounced Address", "Spam Reporting Address", "Invalid" ->
          event(FeedbackType.BOUNCED, entry)
              .setBounce(listed(BounceCategory.ESP_SUPPRESSED, reason));
      case "Unsubscribed Address" ->
          event(FeedbackType.BOUNCED, entry).setBounce(listed(BounceCategory.UNSUBSCRIBED, reason));
      default -> EventSource.detailed(event(FeedbackType.REJECTED, entry), reason);
    };
  }

  private static Bounce listed(BounceCategory category, String reason) {
    return BounceClassifier.standard()
        .bounce(BounceClass.PERMANENT, Optional.of(category), null, null, "dropped/" + reason);
  }
}

package io.mailstream.webhook.provider.postmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.bounce.BounceClassifier;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Json;
import io.mailstream.webhook.provider.Reading;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Postmark's records in our terms. */
final class PostmarkEvents {

  /** Answers of a person, a program or a mailing list: the mail is there. */
  private static final Set<String> ANSWERS =
      Set.of(
          "AutoResponder",
          "AddressChange",
          "Subscribe",
          "ChallengeVerification",
          "OpenRelayTest",
          "InboundError");

  private final EventSource source;
  private final Optional<String> traceId;

  /**
   * The records of one callback.
   *
   * @param traceId Postmark's id of the callback: a repeat has the same
   */
  PostmarkEvents(EventSource source, Optional<String> traceId) {
    this.source = source;
    this.traceId = traceId.filter(id -> !id.isBlank());
  }

  /** Reads the record of a callback. */
  Reading read(JsonNode entry) {
    String kind = Json.text(entry, "RecordType");
    if (kind == null) {
      return new Reading.Unknown("Postmark's callback has no RecordType");
    }
    if (!EventSource.isAddress(recipient(entry))) {
      return new Reading.Unknown("the recipient of Postmark's callback is no address");
    }
    return switch (kind) {
      case "Delivery" -> Reading.of(event(FeedbackType.DELIVERED, entry, "DeliveredAt"));
      case "Bounce" -> bounced(entry);
      case "SpamComplaint" -> Reading.of(complained(entry, "BouncedAt"));
      case "Open" -> Reading.of(event(FeedbackType.OPENED, entry, "ReceivedAt"));
      case "Click" ->
          Reading.of(
              event(FeedbackType.CLICKED, entry, "ReceivedAt")
                  .setDetail(clip(Json.text(entry, "OriginalLink"))));
      case "SubscriptionChange" -> subscription(entry);
      default -> Reading.unknownKind(kind);
    };
  }

  private static String recipient(JsonNode entry) {
    String email = Json.text(entry, "Email");
    return email == null ? Json.text(entry, "Recipient") : email;
  }

  private FeedbackEvent.Builder event(FeedbackType type, JsonNode entry, String timeMember) {
    String messageId = String.valueOf(Json.text(entry, "MessageID"));
    String recordType = Json.text(entry, "RecordType");
    String time = String.valueOf(Json.text(entry, timeMember));
    Optional<Instant> at = Json.time(entry, timeMember);
    FeedbackEvent.Builder event =
        traceId
            .map(id -> source.event(type, recipient(entry), at, "trace", id))
            .orElseGet(() -> source.event(type, recipient(entry), at, messageId, recordType, time))
            .setProviderMessageId(EventSource.id(Json.text(entry, "MessageID")));
    EventSource.addTags(event, Json.scalars(entry.path("Metadata")));
    return event;
  }

  private FeedbackEvent.Builder complained(JsonNode entry, String timeMember) {
    return event(FeedbackType.COMPLAINED, entry, timeMember).setComplaintType("abuse");
  }

  /** By {@code Type}; where Postmark stopped mailing an address, it is bad whatever the type. */
  private Reading bounced(JsonNode entry) {
    String type = String.valueOf(Json.text(entry, "Type"));
    boolean isInactive = entry.path("Inactive").asBoolean();
    if (!isInactive && ANSWERS.contains(type)) {
      return new Reading.Nothing();
    }
    if (!isInactive && "Transient".equals(type)) {
      return Reading.of(
          event(FeedbackType.DELAYED, entry, "BouncedAt")
              .setBounce(bounce(BounceClass.TRANSIENT, Optional.empty(), entry)));
    }
    return switch (type) {
      case "SpamComplaint" -> Reading.of(complained(entry, "BouncedAt"));
      case "Unsubscribe" -> Reading.of(event(FeedbackType.UNSUBSCRIBED, entry, "BouncedAt"));
      case "TemplateRenderingFailed" ->
          Reading.of(
              event(FeedbackType.RENDERING_FAILED, entry, "BouncedAt")
                  .setDetail(clip(Json.text(entry, "Details"))));
      case "SMTPApiError" ->
          Reading.of(
              event(FeedbackType.REJECTED, entry, "BouncedAt")
                  .setDetail(clip(Json.text(entry, "Details"))));
      default ->
          Reading.of(
              event(FeedbackType.BOUNCED, entry, "BouncedAt")
                  .setBounce(isInactive ? inactive(type, entry) : bounce(type, entry)));
    };
  }

  private static Bounce bounce(String type, JsonNode entry) {
    return switch (type) {
      case "HardBounce" -> bounce(BounceClass.PERMANENT, Optional.empty(), entry);
      case "BadEmailAddress" ->
          bounce(BounceClass.PERMANENT, Optional.of(BounceCategory.INVALID_RECIPIENT), entry);
      case "ManuallyDeactivated" ->
          bounce(BounceClass.PERMANENT, Optional.of(BounceCategory.ESP_SUPPRESSED), entry);
      case "SoftBounce" -> bounce(BounceClass.TRANSIENT, Optional.empty(), entry);
      case "DnsError" ->
          bounce(BounceClass.TRANSIENT, Optional.of(BounceCategory.BAD_DOMAIN), entry);
      case "SpamNotification" ->
          bounce(BounceClass.UNDETERMINED, Optional.of(BounceCategory.SPAM_CONTENT), entry);
      case "VirusNotification" ->
          bounce(BounceClass.UNDETERMINED, Optional.of(BounceCategory.CONTENT_REJECTED), entry);
      case "DMARCPolicy" ->
          bounce(BounceClass.UNDETERMINED, Optional.of(BounceCategory.AUTHENTICATION), entry);
      case "Blocked" -> bounce(BounceClass.UNDETERMINED, Optional.of(blocked(entry)), entry);
      default -> bounce(BounceClass.UNDETERMINED, Optional.empty(), entry);
    };
  }

  private static BounceCategory blocked(JsonNode entry) {
    BounceCategory category =
        BounceClassifier.standard().classify(null, Json.text(entry, "Details"));
    return category == BounceCategory.UNKNOWN || category == BounceCategory.GENERAL
        ? BounceCategory.REPUTATION
        : category;
  }

  /** Postmark sends nothing more there: if for nothing else, its own list has the address now. */
  private static Bounce inactive(String type, JsonNode entry) {
    Bounce bounce = bounce(type, entry);
    return bounce.getBounceClass() == BounceClass.PERMANENT
        ? bounce
        : bounce(BounceClass.PERMANENT, Optional.of(BounceCategory.ESP_SUPPRESSED), entry);
  }

  private static Bounce bounce(
      BounceClass said, Optional<BounceCategory> category, JsonNode entry) {
    return BounceClassifier.standard()
        .bounce(said, category, null, Json.text(entry, "Details"), Json.text(entry, "Type"));
  }

  /** Postmark's own list changed: echoed, or taken back. */
  private Reading subscription(JsonNode entry) {
    JsonNode suppresses = entry.path("SuppressSending");
    if (!suppresses.isBoolean()) {
      return new Reading.Unknown("a SubscriptionChange of Postmark's has no SuppressSending");
    }
    if (!suppresses.booleanValue()) {
      return Reading.of(event(FeedbackType.RESUBSCRIBED, entry, "ChangedAt"));
    }
    String reason = Json.text(entry, "SuppressionReason");
    boolean isByRecipient = "Recipient".equals(Json.text(entry, "Origin"));
    return switch (reason == null ? "" : reason) {
      case "SpamComplaint" -> Reading.of(complained(entry, "ChangedAt"));
      case "HardBounce" -> Reading.of(listed(entry, reason));
      default ->
          isByRecipient
              ? Reading.of(event(FeedbackType.UNSUBSCRIBED, entry, "ChangedAt"))
              : Reading.of(listed(entry, reason));
    };
  }

  private FeedbackEvent.Builder listed(JsonNode entry, String reason) {
    return event(FeedbackType.BOUNCED, entry, "ChangedAt")
        .setBounce(
            BounceClassifier.standard()
                .bounce(
                    BounceClass.PERMANENT,
                    Optional.of(BounceCategory.ESP_SUPPRESSED),
                    null,
                    null,
                    "SubscriptionChange/" + reason));
  }

  private static String clip(String text) {
    return Json.clip(text, EventSource.MAX_DETAIL);
  }
}

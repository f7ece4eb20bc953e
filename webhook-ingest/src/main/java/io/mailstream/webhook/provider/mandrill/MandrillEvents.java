package io.mailstream.webhook.provider.mandrill;

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
import java.util.Optional;

/** Mandrill's events in our terms: of messages, and of its own list of those it mails no more. */
final class MandrillEvents {

  private final EventSource source;

  MandrillEvents(EventSource source) {
    this.source = source;
  }

  /** Reads one entry of the array. */
  Reading read(JsonNode entry) {
    String kind = Json.text(entry, "event");
    if (kind != null) {
      return message(entry, kind);
    }
    String list = Json.text(entry, "type");
    return switch (list == null ? "" : list) {
      case "blacklist" -> denylist(entry);
      // Who is on it is mailed in any case: nothing that we remember.
      case "whitelist" -> new Reading.Nothing();
      default -> Reading.unknownKind(String.valueOf(list));
    };
  }

  private Reading message(JsonNode entry, String kind) {
    if (!EventSource.isAddress(Json.text(entry.path("msg"), "email"))) {
      return new Reading.Unknown(
          "the recipient of an event of Mandrill's of kind '%s' is no address"
              .formatted(Json.clip(kind, 40)));
    }
    return switch (kind) {
      case "send" -> Reading.of(event(FeedbackType.SENT, entry));
      case "delivered" -> Reading.of(event(FeedbackType.DELIVERED, entry));
      case "deferral" ->
          Reading.of(
              event(FeedbackType.DELAYED, entry)
                  .setBounce(bounce(BounceClass.TRANSIENT, entry, kind)));
      case "hard_bounce" ->
          Reading.of(
              event(FeedbackType.BOUNCED, entry)
                  .setBounce(bounce(BounceClass.PERMANENT, entry, kind)));
      case "soft_bounce" ->
          Reading.of(
              event(FeedbackType.BOUNCED, entry)
                  .setBounce(bounce(BounceClass.TRANSIENT, entry, kind)));
      case "open" -> Reading.of(event(FeedbackType.OPENED, entry));
      case "click" ->
          Reading.of(
              EventSource.detailed(event(FeedbackType.CLICKED, entry), Json.text(entry, "url")));
      case "spam" -> Reading.of(event(FeedbackType.COMPLAINED, entry).setComplaintType("abuse"));
      case "unsub" -> Reading.of(event(FeedbackType.UNSUBSCRIBED, entry));
      case "reject" -> Reading.of(rejected(entry));
      default -> Reading.unknownKind(kind);
    };
  }

  private FeedbackEvent.Builder event(FeedbackType type, JsonNode entry) {
    JsonNode message = entry.path("msg");
    String id =
        Json.text(message, "_id") == null ? Json.text(entry, "_id") : Json.text(message, "_id");
    FeedbackEvent.Builder event =
        source
            .event(
                type,
                Json.text(message, "email"),
                Json.epochSeconds(entry, "ts"),
                String.valueOf(id),
                Json.text(entry, "event"),
                entry.path("ts").asText(),
                String.valueOf(Json.text(entry, "url")))
            .setProviderMessageId(EventSource.id(id));
    EventSource.addTags(event, Json.scalars(message.path("metadata")));
    return event;
  }

  private static Bounce bounce(BounceClass said, JsonNode entry, String kind) {
    JsonNode message = entry.path("msg");
    String description = Json.text(message, "bounce_description");
    String diagnostic = diagnostic(message);
    BounceCategory byServer = BounceClassifier.standard().classify(null, diagnostic);
    boolean isVague = byServer == BounceCategory.GENERAL || byServer == BounceCategory.UNKNOWN;
    return BounceClassifier.standard()
        .bounce(
            said,
            Optional.of(isVague ? named(description) : byServer),
            null,
            diagnostic,
            description == null ? kind : kind + "/" + description);
  }

  /** The server's words: {@code diag}, or those of the last attempt. */
  private static String diagnostic(JsonNode message) {
    String diagnostic = Json.text(message, "diag");
    JsonNode attempts = message.path("smtp_events");
    return diagnostic == null && attempts.isArray() && !attempts.isEmpty()
        ? Json.text(attempts.get(attempts.size() - 1), "diag")
        : diagnostic;
  }

  private static BounceCategory named(String description) {
    return switch (description == null ? "" : description) {
      case "bad_mailbox", "invalid_address" -> BounceCategory.INVALID_RECIPIENT;
      case "invalid_domain" -> BounceCategory.BAD_DOMAIN;
      case "mailbox_full" -> BounceCategory.MAILBOX_FULL;
      default -> BounceCategory.GENERAL;
    };
  }

  /** Not sent: for Mandrill's own list, or for a fault of the mail. */
  private FeedbackEvent.Builder rejected(JsonNode entry) {
    String reason = reason(entry.path("msg").path("reject"));
    Optional<BounceCategory> listed = listed(reason);
    return listed.isPresent()
        ? event(FeedbackType.BOUNCED, entry).setBounce(listed(listed.get(), "reject/" + reason))
        : EventSource.detailed(event(FeedbackType.REJECTED, entry), reason);
  }

  private static String reason(JsonNode reject) {
    return reject.isTextual() ? reject.textValue() : Json.text(reject, "reason");
  }

  private static Optional<BounceCategory> listed(String reason) {
    return switch (reason == null ? "" : reason) {
      case "hard-bounce", "soft-bounce", "spam", "custom" ->
          Optional.of(BounceCategory.ESP_SUPPRESSED);
      case "unsub" -> Optional.of(BounceCategory.UNSUBSCRIBED);
      default -> Optional.empty();
    };
  }

  private static Bounce listed(BounceCategory category, String providerType) {
    return BounceClassifier.standard()
        .bounce(BounceClass.PERMANENT, Optional.of(category), null, null, providerType);
  }

  /**
   * A change of Mandrill's own list: an entry is echoed; the end of an unsubscribe is taken over.
   */
  private Reading denylist(JsonNode entry) {
    JsonNode reject = entry.path("reject");
    String recipient = Json.text(reject, "email");
    String action = String.valueOf(Json.text(entry, "action"));
    if (!EventSource.isAddress(recipient)) {
      return new Reading.Unknown("the address of a change of Mandrill's list is no address");
    }
    String reason = reason(reject);
    Optional<BounceCategory> category = listed(reason);
    boolean isUnsubscribe = category.filter(BounceCategory.UNSUBSCRIBED::equals).isPresent();
    return switch (action) {
      case "add", "change" ->
          Reading.of(
              change(FeedbackType.BOUNCED, entry)
                  .setBounce(
                      listed(
                          category.orElse(BounceCategory.ESP_SUPPRESSED), "blacklist/" + reason)));
      case "remove" ->
          isUnsubscribe
              ? Reading.of(change(FeedbackType.RESUBSCRIBED, entry))
              : new Reading.Nothing();
      default -> Reading.unknownKind("blacklist " + action);
    };
  }

  private FeedbackEvent.Builder change(FeedbackType type, JsonNode entry) {
    return source.event(
        type,
        Json.text(entry.path("reject"), "email"),
        Json.epochSeconds(entry, "ts"),
        "blacklist",
        String.valueOf(Json.text(entry, "action")),
        entry.path("ts").asText());
  }
}

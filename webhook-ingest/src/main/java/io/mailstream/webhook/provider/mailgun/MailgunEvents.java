package io.mailstream.webhook.provider.mailgun;

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

/** Mailgun's events in our terms. */
final class MailgunEvents {

  private final EventSource source;

  MailgunEvents(EventSource source) {
    this.source = source;
  }

  /** Reads the event of a callback. */
  Reading read(JsonNode entry) {
    String kind = Json.text(entry, "event");
    if (kind == null) {
      return new Reading.Unknown("Mailgun's callback has no event");
    }
    if (!EventSource.isAddress(Json.text(entry, "recipient"))) {
      return new Reading.Unknown("the recipient of Mailgun's callback is no address");
    }
    return switch (kind) {
      case "accepted" -> Reading.of(event(FeedbackType.SENT, entry));
      case "delivered" -> Reading.of(event(FeedbackType.DELIVERED, entry));
      case "failed" -> failed(entry);
      case "rejected" ->
          Reading.of(
              EventSource.detailed(
                  event(FeedbackType.REJECTED, entry), Json.text(entry.path("reject"), "reason")));
      case "opened" -> Reading.of(event(FeedbackType.OPENED, entry));
      case "clicked" ->
          Reading.of(
              EventSource.detailed(event(FeedbackType.CLICKED, entry), Json.text(entry, "url")));
      case "complained" ->
          Reading.of(event(FeedbackType.COMPLAINED, entry).setComplaintType("abuse"));
      case "unsubscribed" -> Reading.of(event(FeedbackType.UNSUBSCRIBED, entry));
      default -> Reading.unknownKind(kind);
    };
  }

  private FeedbackEvent.Builder event(FeedbackType type, JsonNode entry) {
    FeedbackEvent.Builder event =
        source
            .event(
                type,
                Json.text(entry, "recipient"),
                Json.epochSeconds(entry, "timestamp"),
                String.valueOf(Json.text(entry, "id")),
                Json.text(entry, "event"),
                entry.path("timestamp").asText())
            .setProviderMessageId(
                EventSource.id(Json.text(entry.path("message").path("headers"), "message-id")));
    EventSource.addTags(event, Json.scalars(entry.path("user-variables")));
    return event;
  }

  /** Temporary: Mailgun goes on trying. Permanent: it is over, for one of several reasons. */
  private Reading failed(JsonNode entry) {
    String reason = Json.text(entry, "reason");
    String severity = Json.text(entry, "severity");
    if ("temporary".equals(severity)) {
      return Reading.of(
          event(FeedbackType.DELAYED, entry)
              .setBounce(bounce(BounceClass.TRANSIENT, Optional.empty(), entry)));
    }
    if (!"permanent".equals(severity)) {
      return new Reading.Unknown("a failure of Mailgun's is neither temporary nor permanent");
    }
    return Reading.of(
        event(FeedbackType.BOUNCED, entry)
            .setBounce(
                switch (reason == null ? "" : reason) {
                  case "bounce" -> bounce(BounceClass.PERMANENT, Optional.empty(), entry);
                  case "suppress-unsubscribe" ->
                      bounce(
                          BounceClass.PERMANENT, Optional.of(BounceCategory.UNSUBSCRIBED), entry);
                  case "suppress-bounce", "suppress-complaint" ->
                      bounce(
                          BounceClass.PERMANENT, Optional.of(BounceCategory.ESP_SUPPRESSED), entry);
                  case "old" ->
                      bounce(BounceClass.UNDETERMINED, Optional.of(BounceCategory.TIMEOUT), entry);
                  default -> bounce(BounceClass.UNDETERMINED, Optional.empty(), entry);
                }));
  }

  private static Bounce bounce(
      BounceClass said, Optional<BounceCategory> category, JsonNode entry) {
    JsonNode status = entry.path("delivery-status");
    return BounceClassifier.standard()
        .bounce(
            said,
            category,
            Json.text(status, "enhanced-code"),
            diagnostic(status),
            Json.text(entry, "severity") + "/" + Json.text(entry, "reason"));
  }

  /** The reply as the server gave it: Mailgun takes its code off. */
  private static String diagnostic(JsonNode status) {
    String message = Json.text(status, "message");
    String words =
        message == null || message.isEmpty() ? Json.text(status, "description") : message;
    int code = status.path("code").asInt();
    boolean isReply = code >= 400 && code < 600;
    if (words == null || words.isEmpty()) {
      return isReply ? String.valueOf(code) : null;
    }
    return isReply && !words.startsWith(String.valueOf(code)) ? code + " " + words : words;
  }
}

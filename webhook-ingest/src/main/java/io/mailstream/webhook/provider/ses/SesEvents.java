package io.mailstream.webhook.provider.ses;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.BoundedJson;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Json;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Authentic;
import io.mailstream.webhook.provider.Receipt.DeadLetter;
import io.mailstream.webhook.provider.Receipt.Done;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * SES's events in our terms: event publishing ({@code eventType}) and identity notifications
 * ({@code notificationType}), which have one shape. Each recipient of an event becomes an event of
 * its own, under an id made of SNS's message id and the recipient: a repeat has the same.
 */
final class SesEvents {

  static final String PROVIDER = "ses";

  private static final String VALIDATION =
      "Successfully validated SNS topic for Amazon SES event publishing.";
  private static final String NO_ADDRESS = "a recipient of the SES event is no address";
  private static final int MAX_TYPE = 40;

  private SesEvents() {}

  /**
   * Reads the message of a verified notification.
   *
   * @param now when it came in
   */
  static Receipt read(SnsEnvelope envelope, Instant now) {
    // The one notification of SES that is not JSON.
    if (envelope.message().strip().equals(VALIDATION)) {
      return new Done("topic_validated");
    }
    byte[] body = envelope.message().getBytes(StandardCharsets.UTF_8);
    Optional<JsonNode> json = BoundedJson.object(body);
    if (json.isEmpty()) {
      return unknown(body, "the notification is not a JSON object within the bounds");
    }
    JsonNode event = json.get();
    String type = Json.text(event, "eventType");
    if (type == null) {
      type = Json.text(event, "notificationType");
    }
    if ("AmazonSnsSubscriptionSucceeded".equals(type)) {
      return new Done("topic_validated");
    }
    JsonNode mail = event.path("mail");
    SesMail context = new SesMail(mail, envelope, now);
    List<FeedbackEvent> events =
        switch (type == null ? "" : type) {
          case "Send" -> context.forDestination(FeedbackType.SENT, mail, null);
          case "Delivery" ->
              context.forNames(FeedbackType.DELIVERED, event.path("delivery"), "recipients");
          case "Bounce" -> bounced(context, event.path("bounce"));
          case "DeliveryDelay" -> delayed(context, event.path("deliveryDelay"));
          case "Complaint" -> complained(context, event.path("complaint"));
          case "Reject" ->
              context.forDestination(
                  FeedbackType.REJECTED, mail, Json.text(event.path("reject"), "reason"));
          case "Rendering Failure" ->
              context.forDestination(
                  FeedbackType.RENDERING_FAILED,
                  mail,
                  Json.text(event.path("failure"), "errorMessage"));
          case "Open" -> context.forDestination(FeedbackType.OPENED, event.path("open"), null);
          case "Click" ->
              context.forDestination(
                  FeedbackType.CLICKED,
                  event.path("click"),
                  Json.text(event.path("click"), "link"));
          case "Subscription" -> SesSubscriptions.read(context, event.path("subscription"));
          default -> List.of();
        };
    if (events.isEmpty() && "Subscription".equals(type)) {
      return new Done("subscription_unchanged");
    }
    if (events.isEmpty()) {
      return unknown(
          body,
          "SES event of type '%s' is not known, or names no recipient"
              .formatted(Json.clip(String.valueOf(type), MAX_TYPE)));
    }
    List<FeedbackEvent> good =
        events.stream().filter(one -> EventSource.isAddress(one.getRecipient())).toList();
    if (good.isEmpty()) {
      return unknown(body, NO_ADDRESS);
    }
    return new Authentic(
        "accepted",
        good,
        good.size() == events.size() ? List.of() : List.of(new DeadLetter(NO_ADDRESS, body)));
  }

  private static Receipt unknown(byte[] body, String reason) {
    return new Authentic("unknown_event", List.of(), List.of(new DeadLetter(reason, body)));
  }

  private static List<FeedbackEvent> bounced(SesMail mail, JsonNode bounce) {
    return mail.forRecipients(
        FeedbackType.BOUNCED,
        bounce,
        "bouncedRecipients",
        (event, recipient) -> event.setBounce(SesBounces.bounce(bounce, recipient)));
  }

  private static List<FeedbackEvent> delayed(SesMail mail, JsonNode delay) {
    return mail.forRecipients(
        FeedbackType.DELAYED,
        delay,
        "delayedRecipients",
        (event, recipient) -> event.setBounce(SesBounces.delay(delay, recipient)));
  }

  private static List<FeedbackEvent> complained(SesMail mail, JsonNode complaint) {
    String type = Json.text(complaint, "complaintFeedbackType");
    return mail.forRecipients(
        FeedbackType.COMPLAINED,
        complaint,
        "complainedRecipients",
        (event, recipient) ->
            event
                .setComplaintType(type == null ? null : type.toLowerCase(Locale.ROOT))
                .setDetail(Json.text(complaint, "complaintSubType")));
  }
}

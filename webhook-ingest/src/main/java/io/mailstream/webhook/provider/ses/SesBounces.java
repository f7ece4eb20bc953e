package io.mailstream.webhook.provider.ses;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.webhook.bounce.BounceClassifier;
import io.mailstream.webhook.provider.Json;
import java.util.Optional;

/**
 * What a bounce says of one recipient. SES classifies the whole event, but a recipient's own status
 * (RFC 3463) may say otherwise: a permanent bounce can list one that is only delayed.
 */
final class SesBounces {

  private SesBounces() {}

  /** A recipient of a Bounce event. */
  static Bounce bounce(JsonNode bounce, JsonNode recipient) {
    String type = Json.text(bounce, "bounceType");
    String subType = Json.text(bounce, "bounceSubType");
    return judge(
        said(type, Json.text(recipient, "action")),
        category(subType == null ? "" : subType, recipient),
        recipient,
        type + "/" + subType);
  }

  /** A recipient of a DeliveryDelay event. */
  static Bounce delay(JsonNode delay, JsonNode recipient) {
    String type = Json.text(delay, "delayType");
    return judge(BounceClass.TRANSIENT, delayCategory(type, recipient), recipient, type);
  }

  private static Bounce judge(
      BounceClass said, BounceCategory category, JsonNode recipient, String providerType) {
    return BounceClassifier.standard()
        .bounce(
            said,
            Optional.of(category),
            Json.text(recipient, "status"),
            Json.text(recipient, "diagnosticCode"),
            providerType);
  }

  private static BounceClass said(String type, String action) {
    if ("Transient".equals(type)) {
      return BounceClass.TRANSIENT;
    }
    if (!"Permanent".equals(type)) {
      return BounceClass.UNDETERMINED;
    }
    if ("delayed".equalsIgnoreCase(action)) {
      return BounceClass.TRANSIENT;
    }
    return action == null || "failed".equalsIgnoreCase(action)
        ? BounceClass.PERMANENT
        : BounceClass.UNDETERMINED;
  }

  private static BounceCategory category(String subType, JsonNode recipient) {
    return switch (subType) {
      case "NoEmail" -> BounceCategory.INVALID_RECIPIENT;
      case "Suppressed",
          "OnAccountSuppressionList",
          "OnTenantSuppressionList",
          "EmailValidationSuppressed" ->
          BounceCategory.ESP_SUPPRESSED;
      case "UnsubscribedRecipient" -> BounceCategory.UNSUBSCRIBED;
      case "MailboxFull" -> BounceCategory.MAILBOX_FULL;
      case "MessageTooLarge" -> BounceCategory.MESSAGE_TOO_LARGE;
      case "CustomTimeoutExceeded" -> BounceCategory.TIMEOUT;
      case "ContentRejected" -> BounceCategory.CONTENT_REJECTED;
      case "AttachmentRejected" -> BounceCategory.ATTACHMENT_REJECTED;
      case "General" -> byReply(recipient, BounceCategory.GENERAL);
      default -> byReply(recipient, BounceCategory.UNKNOWN);
    };
  }

  private static BounceCategory delayCategory(String type, JsonNode recipient) {
    return switch (type == null ? "" : type) {
      case "MailboxFull" -> BounceCategory.MAILBOX_FULL;
      case "SpamDetected" -> BounceCategory.SPAM_CONTENT;
      case "RecipientServerError", "TransientCommunicationFailure", "InternalFailure" ->
          byReply(recipient, BounceCategory.CONNECTION);
      case "IPFailure" -> BounceCategory.REPUTATION;
      default -> byReply(recipient, BounceCategory.GENERAL);
    };
  }

  private static BounceCategory byReply(JsonNode recipient, BounceCategory otherwise) {
    BounceCategory category =
        BounceClassifier.standard()
            .classify(Json.text(recipient, "status"), Json.text(recipient, "diagnosticCode"));
    return switch (category) {
      case GENERAL, UNKNOWN -> otherwise;
      default -> category;
    };
  }
}

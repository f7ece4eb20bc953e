package io.mailstream.webhook.provider.ses;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;

/**
 * What a bounce says of one recipient. SES classifies the whole event, but a recipient's own status
 * (RFC 3463) may say otherwise: a permanent bounce can list one that is only delayed. What is about
 * the mail or about policy and not about the address (x.7.x, mailbox full, too large) does not make
 * an address bad for good either.
 */
final class SesBounces {

  private static final int MAX_DIAGNOSTIC = 1000;

  private SesBounces() {}

  /** A recipient of a Bounce event. */
  static Bounce bounce(JsonNode bounce, JsonNode recipient) {
    String type = Json.text(bounce, "bounceType");
    String subType = Json.text(bounce, "bounceSubType");
    String status = Json.text(recipient, "status");
    BounceCategory category = category(subType == null ? "" : subType, status);
    return Bounce.newBuilder()
        .setBounceClass(bounceClass(type, category, recipient))
        .setCategory(category)
        .setEnhancedStatus(status)
        .setDiagnostic(Json.clip(Json.text(recipient, "diagnosticCode"), MAX_DIAGNOSTIC))
        .setProviderType(type + "/" + subType)
        .build();
  }

  /** A recipient of a DeliveryDelay event. */
  static Bounce delay(JsonNode delay, JsonNode recipient) {
    String type = Json.text(delay, "delayType");
    return Bounce.newBuilder()
        .setBounceClass(BounceClass.TRANSIENT)
        .setCategory(
            "MailboxFull".equals(type) ? BounceCategory.MAILBOX_FULL : BounceCategory.GENERAL)
        .setEnhancedStatus(Json.text(recipient, "status"))
        .setDiagnostic(Json.clip(Json.text(recipient, "diagnosticCode"), MAX_DIAGNOSTIC))
        .setProviderType(type)
        .build();
  }

  private static BounceClass bounceClass(String type, BounceCategory category, JsonNode recipient) {
    if ("Transient".equals(type)) {
      return BounceClass.TRANSIENT;
    }
    if (!"Permanent".equals(type)) {
      return BounceClass.UNDETERMINED;
    }
    String action = Json.text(recipient, "action");
    String status = Json.text(recipient, "status");
    if ("delayed".equalsIgnoreCase(action) || (status != null && status.startsWith("4."))) {
      return BounceClass.TRANSIENT;
    }
    boolean isNoFailure =
        (action != null && !"failed".equalsIgnoreCase(action))
            || (status != null && status.startsWith("2."));
    if (isNoFailure) {
      return BounceClass.UNDETERMINED;
    }
    return switch (category) {
      case MAILBOX_FULL, MESSAGE_TOO_LARGE, CONTENT_REJECTED, ATTACHMENT_REJECTED, TIMEOUT ->
          BounceClass.UNDETERMINED;
      case UNKNOWN, GENERAL, INVALID_RECIPIENT, ESP_SUPPRESSED, UNSUBSCRIBED ->
          BounceClass.PERMANENT;
    };
  }

  private static BounceCategory category(String subType, String status) {
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
      case "General" -> byStatus(status, BounceCategory.GENERAL);
      default -> byStatus(status, BounceCategory.UNKNOWN);
    };
  }

  private static BounceCategory byStatus(String status, BounceCategory otherwise) {
    if (status == null) {
      return otherwise;
    }
    String detail = status.substring(status.indexOf('.') + 1);
    return switch (detail) {
      case "1.1", "1.2", "1.3", "1.10", "2.1" -> BounceCategory.INVALID_RECIPIENT;
      case "2.2" -> BounceCategory.MAILBOX_FULL;
      case "2.3", "3.4" -> BounceCategory.MESSAGE_TOO_LARGE;
      default -> detail.startsWith("7.") ? BounceCategory.CONTENT_REJECTED : otherwise;
    };
  }
}

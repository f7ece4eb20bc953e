package io.mailstream.embedded.ses;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A way in which a call of SendEmail fails, as Amazon SES v2 fails it. */
public enum SesFault {
  /** Over the account's sending rate. */
  TOO_MANY_REQUESTS(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
  /** Throttled without a word about which limit. */
  THROTTLING(400, "ThrottlingException", "Rate exceeded"),
  /** Over the quota of 24 hours. */
  DAILY_QUOTA(400, "ThrottlingException", "Daily message quota exceeded."),
  /** Another limit of the account. */
  LIMIT_EXCEEDED(400, "LimitExceededException", "Limit exceeded."),
  /** Sending is paused for the account or the configuration set. */
  SENDING_PAUSED(400, "SendingPausedException", "Account sending is paused."),
  /** The account is suspended for good. */
  ACCOUNT_SUSPENDED(400, "AccountSuspendedException", "Account is suspended."),
  /** The custom MAIL FROM domain is not set up. */
  MAIL_FROM_DOMAIN_NOT_VERIFIED(
      400, "MailFromDomainNotVerifiedException", "Mail-from domain not verified."),
  /** The identity is not verified in this region. */
  IDENTITY_NOT_VERIFIED(
      400,
      "MessageRejected",
      "Email address is not verified. The following identities failed the check in region"
          + " US-EAST-1: sender@example.com"),
  /** The configuration set does not exist. */
  NOT_FOUND(404, "NotFoundException", "Configuration set does not exist."),
  /** This message is refused. */
  MESSAGE_REJECTED(400, "MessageRejected", "Message content was rejected."),
  /** This request is malformed. */
  BAD_REQUEST(400, "BadRequestException", "Invalid email address."),
  /** A fault within SES. */
  INTERNAL_ERROR(500, "InternalServiceErrorException", "Internal service error."),
  /** No service behind the load balancer: no body, no error type. */
  SERVICE_UNAVAILABLE(503, "", ""),
  /** The connection is reset before the request's body was read: SES never had the mail. */
  RESET_BEFORE_BODY,
  /** The connection is reset after the request was read and taken: SES has the mail. */
  RESET_AFTER_BODY,
  /** The request was read and taken, and no answer comes: SES has the mail. */
  NO_ANSWER;

  /** Those after which SES has the mail and the caller does not know. */
  public static final Set<SesFault> UNANSWERED =
      Collections.unmodifiableSet(EnumSet.of(RESET_AFTER_BODY, NO_ANSWER));

  private final int status;
  private final String type;
  private final String message;

  SesFault() {
    this(0, "", "");
  }

  SesFault(int status, String type, String message) {
    this.status = status;
    this.type = type;
    this.message = message;
  }

  /** The HTTP status; empty where there is no answer. */
  public Optional<Integer> status() {
    return status == 0 ? Optional.empty() : Optional.of(status);
  }

  String type() {
    return type;
  }

  String message() {
    return message;
  }
}

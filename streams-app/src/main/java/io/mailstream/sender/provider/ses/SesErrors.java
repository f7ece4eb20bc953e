package io.mailstream.sender.provider.ses;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Rejected;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.sender.provider.common.EspText;
import io.mailstream.sender.provider.common.Refusals;
import io.mailstream.sender.provider.common.RetryAfter;
import io.mailstream.v1.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What an error that SES answered means. An answer of any kind other than success says that the
 * message was not taken.
 *
 * <p>The rules are the table of errors of SES v2's SendEmail and the common errors of AWS. What is
 * not known is never dropped at once: it is tried again until the attempts are used up.
 */
final class SesErrors {

  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(24);

  private static final Set<String> CREDENTIALS =
      Set.of(
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "InvalidSignatureException",
          "SignatureDoesNotMatch",
          "IncompleteSignature",
          "IncompleteSignatureException",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "AccessDenied",
          "AccessDeniedException",
          "NotAuthorized",
          "OptInRequired",
          "ExpiredToken",
          "ExpiredTokenException",
          "RequestExpired",
          "RequestTimeTooSkewed");

  private static final Set<String> THROTTLING =
      Set.of(
          "TooManyRequestsException",
          "ThrottlingException",
          "Throttling",
          "ThrottledException",
          "RequestThrottledException",
          "RequestLimitExceeded",
          "SlowDown");

  private static final Set<String> PERMANENT =
      Set.of(
          "MessageRejected",
          "MessageRejectedException",
          "BadRequestException",
          "ValidationException",
          "ValidationError",
          "InvalidParameterValue",
          "SerializationException");

  private SesErrors() {}

  /**
   * An error as SES answered it.
   *
   * @param status the HTTP status
   * @param code the error code, such as {@code MessageRejected}; empty: unknown
   * @param message the error's text; may quote addresses
   * @param retryAfter the Retry-After header field, as it came
   */
  record Answer(int status, String code, String message, Optional<String> retryAfter) {}

  /** What the error means for the message, the identity or the account. */
  static SendOutcome outcome(Answer answer, Instant now) {
    Optional<Instant> notBefore = RetryAfter.parse(answer.retryAfter(), now, MAX_RETRY_AFTER);
    String text = answer.message().toLowerCase(Locale.ROOT);
    String code = answer.code();
    boolean throttled = answer.status() == 429 || THROTTLING.contains(code);
    boolean limit = code.equals("LimitExceededException");
    if ((throttled || limit || code.equals("MessageRejected"))
        && text.contains("daily message quota exceeded")) {
      return account(
          answer,
          notBefore.orElse(now.plus(Refusals.QUOTA_PARK)),
          "the account's daily quota is used up");
    }
    if (throttled) {
      return new Deferred(
          Scope.RATE, notBefore, ReasonCode.ESP_THROTTLED, "SES: slow down" + quote(answer));
    }
    Instant parked = notBefore.orElse(now.plus(Refusals.CONFIGURATION_PARK));
    if (limit) {
      return account(answer, parked, "a limit of the account is reached: raise it with AWS");
    }
    if (code.equals("SendingPausedException") || code.equals("AccountSuspendedException")) {
      return account(answer, parked, "the account may not send: see its SES console");
    }
    if (code.equals("MailFromDomainNotVerifiedException")
        || text.contains("address is not verified")) {
      return new Deferred(
          Scope.IDENTITY,
          Optional.of(parked),
          ReasonCode.ACCOUNT_PARKED,
          "SES: the identity is not verified in this region: verify it" + quote(answer));
    }
    if (code.equals("NotFoundException") || answer.status() == 404) {
      return account(
          answer, parked, "something that the settings name does not exist in this region");
    }
    if (CREDENTIALS.contains(code) || answer.status() == 401 || answer.status() == 403) {
      return credentials(answer, parked);
    }
    if (answer.status() == 413) {
      return new Rejected(ReasonCode.TOO_LARGE, "SES: the message is too large");
    }
    if (PERMANENT.contains(code)) {
      return new Rejected(ReasonCode.ESP_REJECTED, "SES refused the message" + quote(answer));
    }
    return new Deferred(
        Scope.MESSAGE, notBefore, ReasonCode.ESP_UNAVAILABLE, "SES failed" + quote(answer));
  }

  private static Deferred account(Answer answer, Instant notBefore, String what) {
    return new Deferred(
        Scope.ACCOUNT,
        Optional.of(notBefore),
        ReasonCode.ACCOUNT_PARKED,
        "SES: " + what + quote(answer));
  }

  /** The text of a signature fault quotes the signed request: only a missing right is quoted. */
  private static Deferred credentials(Answer answer, Instant notBefore) {
    boolean right = answer.code().startsWith("AccessDenied");
    return new Deferred(
        Scope.ACCOUNT,
        Optional.of(notBefore),
        ReasonCode.ACCOUNT_PARKED,
        "SES: the credentials are wrong, expired or lack the right ses:SendEmail: correct them"
            + (right ? quote(answer) : " (" + answer.status() + " " + answer.code() + ")"));
  }

  private static String quote(Answer answer) {
    String text = EspText.shown(answer.message());
    String code = answer.code().isEmpty() ? "" : " " + answer.code();
    return " (" + answer.status() + code + (text.isEmpty() ? ")" : ": " + text + ")");
  }
}

package io.mailstream.sender.provider.http;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.common.Refusals;
import io.mailstream.v1.ReasonCode;
import java.time.Instant;

/**
 * What the statuses of HTTP mean where an ESP says nothing of its own. An answer of any kind other
 * than success says that the message was not taken; what is not known is never dropped at once, but
 * tried again until the attempts are used up.
 */
public final class HttpRefusals {

  private final Refusals refusals;

  /** For an ESP of this name. */
  public HttpRefusals(String esp) {
    this.refusals = new Refusals(esp);
  }

  /** The outcomes that do not depend on a status. */
  public Refusals outcomes() {
    return refusals;
  }

  /** When an account or identity with a fault in its set-up is tried again. */
  public Instant parkedUntil(HttpReply.Answer answer, Instant now) {
    return answer.retryAfter(now).orElse(now.plus(Refusals.CONFIGURATION_PARK));
  }

  /** When an account whose quota is used up is tried again. */
  public Instant quotaUntil(HttpReply.Answer answer, Instant now) {
    return answer.retryAfter(now).orElse(now.plus(Refusals.QUOTA_PARK));
  }

  /**
   * The outcome by the status alone.
   *
   * @param text the ESP's own words; not quoted where they are about credentials, since they may
   *     quote these
   */
  public SendOutcome byStatus(HttpReply.Answer answer, String text, Instant now) {
    int status = answer.status();
    return switch (status) {
      case 400, 406, 422 ->
          refusals.rejected(
              ReasonCode.ESP_REJECTED, "the message was refused" + answer.quote(text));
      case 401, 403 -> credentials(answer, now);
      case 402 ->
          refusals.account(
              quotaUntil(answer, now), "the account is out of credit" + answer.quote(text));
      case 413 -> refusals.rejected(ReasonCode.TOO_LARGE, "the message is too large (413)");
      case 429 -> refusals.throttled(answer.retryAfter(now), answer.quote(text));
      case 301, 302, 303, 307, 308, 404, 405, 410, 415 ->
          refusals.account(
              parkedUntil(answer, now),
              "nothing takes mail at this address: correct the account's settings"
                  + answer.quote(text));
      default -> refusals.failed(answer.retryAfter(now), answer.quote(text));
    };
  }

  /** The credentials are wrong. */
  public SendOutcome credentials(HttpReply.Answer answer, Instant now) {
    return refusals.account(
        parkedUntil(answer, now),
        "the credentials are wrong or lack the right to send: correct them ("
            + answer.status()
            + ")");
  }

  /** It claims success and does not say what it took. */
  public static SendOutcome unreadable(String esp, HttpReply.Answer answer) {
    return new SendOutcome.Ambiguous(
        esp + " answered " + answer.status() + " without saying which message it took");
  }
}

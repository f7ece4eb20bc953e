package io.mailstream.sender.provider.smtp;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.common.EspText;
import io.mailstream.sender.provider.common.Refusals;
import io.mailstream.sender.provider.smtp.SmtpReply.Stage;
import io.mailstream.v1.ReasonCode;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a relay's replies mean, by reply code (RFC 5321, section 4.2), enhanced status (RFC 3463)
 * and stage. Any reply but one of success says that the message was not taken. What no code tells,
 * such as whose fault a refusal is, is read from the words that common relays use.
 */
final class SmtpReplies {

  private static final Pattern STATUS =
      Pattern.compile("^[245]\\d\\d[ -]([245]\\.\\d{1,3}\\.\\d{1,3})\\b");
  private static final Pattern QUEUED_AS = Pattern.compile("(?i)queued as <?([^\\s>]{1,200})");

  private final Refusals refusals = new Refusals("the relay");

  SendOutcome outcome(SmtpReply reply, Instant now) {
    if (reply.stage() == Stage.MESSAGE && reply.code() >= 200 && reply.code() < 300) {
      return new Accepted(id(reply.text()));
    }
    Instant parked = now.plus(Refusals.CONFIGURATION_PARK);
    String text = reply.text().toLowerCase(Locale.ROOT);
    return switch (reply.stage()) {
      case TLS ->
          refusals.account(parked, reply.text() + ": mend it there, or change host and tls");
      case LOGIN -> login(reply, text, parked);
      case CONNECT ->
          reply.code() >= 500
              ? refusals.account(parked, "it takes no mail from here" + quote(reply))
              : later(reply, text, now);
      default ->
          isLogin(reply.code())
              ? login(reply, text, parked)
              : reply.code() < 500 ? later(reply, text, now) : refused(reply, text, parked);
    };
  }

  private static boolean isLogin(int code) {
    return code == 530 || code == 534 || code == 535 || code == 538;
  }

  /** The reply may quote the credentials, and so is not quoted. */
  private SendOutcome login(SmtpReply reply, String text, Instant parked) {
    if (reply.code() == 454 && text.contains("throttling")) {
      return refusals.throttled(Optional.empty(), " (454)");
    }
    if (reply.code() >= 400 && reply.code() < 500) {
      return refusals.failed(Optional.empty(), " at the login (" + reply.code() + ")");
    }
    return refusals.account(
        parked,
        "the credentials are missing, wrong or lack the right to send: correct them ("
            + reply.code()
            + ")");
  }

  private SendOutcome later(SmtpReply reply, String text, Instant now) {
    if (text.contains("daily") && text.contains("quota")) {
      return refusals.account(
          now.plus(Refusals.QUOTA_PARK), "the account's daily quota is used up" + quote(reply));
    }
    boolean throttled =
        text.contains("throttl")
            || text.contains("too many")
            || text.contains("rate limit")
            || text.contains("sending rate");
    return throttled
        ? refusals.throttled(Optional.empty(), quote(reply))
        : refusals.failed(Optional.empty(), quote(reply));
  }

  private SendOutcome refused(SmtpReply reply, String text, Instant parked) {
    String status = status(reply.text());
    if (text.contains("relay access denied")
        || text.contains("relaying denied")
        || text.contains("not permitted to relay")) {
      return refusals.account(
          parked, "it does not relay for us: let it, or give credentials" + quote(reply));
    }
    boolean sender = status.equals("5.1.7") || status.equals("5.1.8");
    if (text.contains("address is not verified") || (reply.stage() == Stage.MAIL && sender)) {
      return refusals.identity(
          parked, "it does not let this From or return path send: allow it" + quote(reply));
    }
    ReasonCode reason =
        switch (status) {
          case "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.6.7" -> ReasonCode.INVALID_ADDRESS;
          case "5.2.3", "5.3.4" -> ReasonCode.TOO_LARGE;
          default ->
              reply.code() == 552 && status.isEmpty()
                  ? ReasonCode.TOO_LARGE
                  : ReasonCode.ESP_REJECTED;
        };
    return refusals.rejected(reason, "the message was refused" + quote(reply));
  }

  /** The enhanced status code; empty where there is none. */
  private static String status(String text) {
    Matcher matcher = STATUS.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  /** The relay's name for the message, where it says one; else its reply. */
  private static String id(String text) {
    Matcher matcher = QUEUED_AS.matcher(text);
    return matcher.find() ? matcher.group(1) : EspText.shown(text);
  }

  private static String quote(SmtpReply reply) {
    return " at " + reply.stage() + " (" + EspText.shown(reply.text()) + ")";
  }
}

package io.mailstream.sender.provider.common;

import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Rejected;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.v1.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The outcomes that an ESP's answers come to when it did not take the message, in the same words
 * and with the same waits whichever ESP it was.
 *
 * @param esp the ESP's name, for people
 */
public record Refusals(String esp) {

  /** How long an account or identity with a fault in its set-up waits before it is tried again. */
  public static final Duration CONFIGURATION_PARK = Duration.ofMinutes(5);

  /** How long an account waits whose quota is used up; some of it comes back with time. */
  public static final Duration QUOTA_PARK = Duration.ofMinutes(15);

  /** It asks to slow down. */
  public Deferred throttled(Optional<Instant> notBefore, String quoted) {
    return new Deferred(
        Scope.RATE, notBefore, ReasonCode.ESP_THROTTLED, esp + ": slow down" + quoted);
  }

  /** It failed, or answered what nobody knows: the attempts decide how often it is tried again. */
  public Deferred failed(Optional<Instant> notBefore, String quoted) {
    return new Deferred(
        Scope.MESSAGE, notBefore, ReasonCode.ESP_UNAVAILABLE, esp + " failed" + quoted);
  }

  /** The request did not get there as a whole. */
  public Deferred unwritten(String why) {
    return new Deferred(
        Scope.MESSAGE,
        Optional.empty(),
        ReasonCode.ESP_UNAVAILABLE,
        "%s could not be reached; the request was not written (%s)".formatted(esp, why));
  }

  /** The account takes nothing until a person or time has mended it. */
  public Deferred account(Instant notBefore, String what) {
    return new Deferred(
        Scope.ACCOUNT, Optional.of(notBefore), ReasonCode.ACCOUNT_PARKED, esp + ": " + what);
  }

  /** The sending identity of this message is not fit to send. */
  public Deferred identity(Instant notBefore, String what) {
    return new Deferred(
        Scope.IDENTITY, Optional.of(notBefore), ReasonCode.ACCOUNT_PARKED, esp + ": " + what);
  }

  /** It refuses the message for good. */
  public Rejected rejected(ReasonCode reason, String what) {
    return new Rejected(reason, esp + ": " + what);
  }
}

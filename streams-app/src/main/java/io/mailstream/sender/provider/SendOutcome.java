package io.mailstream.sender.provider;

import io.mailstream.v1.ReasonCode;
import java.time.Instant;
import java.util.Optional;

/** How one call of an ESP ended. Details are for people: no address, no secret. */
public sealed interface SendOutcome {

  /**
   * The ESP took it.
   *
   * @param providerMessageId the ESP's id for the message
   */
  record Accepted(String providerMessageId) implements SendOutcome {}

  /** The ESP refused this message for good. */
  record Rejected(ReasonCode reason, String detail) implements SendOutcome {}

  /**
   * The ESP does not take it now, and certainly did not take it.
   *
   * @param scope how much of the sending it concerns
   * @param notBefore the earliest time that makes sense; empty: the retry policy decides
   */
  record Deferred(Scope scope, Optional<Instant> notBefore, ReasonCode reason, String detail)
      implements SendOutcome {}

  /** It was cut off or timed out after the request was written: the ESP may have taken it. */
  record Ambiguous(String detail) implements SendOutcome {}

  /** How much of the sending a refusal concerns. */
  enum Scope {
    /** This message, such as a server error: an attempt is used up. */
    MESSAGE,
    /** The account's rate: slow down; an attempt is used up. */
    RATE,
    /**
     * The sending identity of this message, such as a From domain that is not verified: mail of
     * that identity waits and uses up no attempt, the account goes on for the others.
     */
    IDENTITY,
    /** The whole account takes nothing (quota, pause, configuration): park it. */
    ACCOUNT
  }
}

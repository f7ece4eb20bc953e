package io.mailstream.webhook.provider;

import io.mailstream.v1.FeedbackEvent;
import java.util.List;
import java.util.Optional;

/** What is to be done with a callback. Outcomes are metric tags: few, in snake_case. */
public sealed interface Receipt {

  /** What it was, for the metrics. */
  String outcome();

  /**
   * It is authentic: produce, and acknowledge it only when the brokers have.
   *
   * @param events what it says
   * @param unknown what of it could not be understood, to be kept
   * @param nonce what makes a second callback under the same signature a replay; empty: nothing
   *     does, or nothing needs to
   */
  record Authentic(
      String outcome, List<FeedbackEvent> events, List<DeadLetter> unknown, Optional<Nonce> nonce)
      implements Receipt {

    /** Copies the lists. */
    public Authentic {
      events = List.copyOf(events);
      unknown = List.copyOf(unknown);
    }

    /** Without a nonce. */
    public Authentic(String outcome, List<FeedbackEvent> events, List<DeadLetter> unknown) {
      this(outcome, events, unknown, Optional.empty());
    }
  }

  /** There is nothing to produce; acknowledge it. */
  record Done(String outcome) implements Receipt {}

  /**
   * It is not taken, and the fault is the caller's.
   *
   * @param status the HTTP status, 400 to 499
   * @param detail for people: what is wrong and what to do; nothing of the body
   */
  record Refused(String outcome, int status, String detail) implements Receipt {}

  /** It cannot be judged now: the caller is to repeat it. */
  record Unavailable(String outcome, String detail) implements Receipt {}

  /**
   * What is kept of an authentic callback that is not understood.
   *
   * @param reason why, for people
   * @param body what to keep
   */
  @SuppressWarnings("ArrayRecordComponent") // Carries bytes once; never compared.
  record DeadLetter(String reason, byte[] body) {}
}

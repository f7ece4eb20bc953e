package io.mailstream.benchmarks.faults.history;

/**
 * A promise that was broken.
 *
 * @param kind which
 * @param what of what: a delivery, a record or a scope
 * @param evidence what shows it
 */
public record Violation(Kind kind, String what, String evidence) {

  /** The ways in which promises are broken. */
  public enum Kind {
    /** An accepted request without a result, or told to be sent and not at the ESP. */
    LOST,
    /** A delivery that the ESP has more than once though nobody asked for it. */
    DOUBLED,
    /** A delivery that was sent again, as asked, without having been labelled uncertain. */
    UNLABELLED,
    /** A request with more than one result for a recipient. */
    SEVERAL_RESULTS,
    /** A result that belongs to nothing that was accepted, or a status that cannot be. */
    WRONG_RESULT,
    /** A mail at the ESP that its result denies, or that nobody asked for. */
    UNTOLD_SEND,
    /** A dispatch, or a call, that came too late after a suppression. */
    LATE,
    /** More than a limit allows. */
    OVER_LIMIT,
    /** Attempts, dispatches and results that are not in their order. */
    OUT_OF_ORDER,
    /** More uncertain sends than may have been open when senders were hurt. */
    TOO_MANY_UNCERTAIN
  }
}

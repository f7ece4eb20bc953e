package io.mailstream.sender;

/**
 * The points between two steps of the send loop, at each of which a crash must be harmless. In
 * production nothing happens there; tests let the loop die or stand still.
 */
@FunctionalInterface
interface Checkpoints {

  /** Nothing happens anywhere. */
  Checkpoints NONE = point -> {};

  /** The loop or a call has come to a point. */
  void reached(Point point);

  /** Where. */
  enum Point {
    /** Records were polled. */
    POLLED,
    /** What the next transaction says is decided. */
    PLANNED,
    /** The transaction has begun. */
    BEGUN,
    /** The outcomes were handed to the producer. */
    OUTCOMES_SENT,
    /** The offsets were added to the transaction. */
    OFFSETS_SENT,
    /** The transaction is committed, no call has started. */
    COMMITTED,
    /** The calls were handed to their threads. */
    SUBMITTED,
    /** In the call's thread: right before the ESP is called. */
    CALLING,
    /** In the call's thread: the ESP has answered, nobody knows yet. */
    CALLED,
    /** The outcomes of calls were taken over by the loop. */
    COLLECTED,
    /** What is finished was deleted from the topic. */
    PURGED
  }
}

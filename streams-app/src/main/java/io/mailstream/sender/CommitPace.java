package io.mailstream.sender;

import java.util.concurrent.TimeUnit;

/**
 * When the next commit is due. A transaction costs milliseconds of CPU, most of them the broker's,
 * however little is in it: what nobody waits for yet waits for company.
 */
final class CommitPace {

  /** The longest that anything waits for others, after a commit, in nanoseconds. */
  static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(20);

  private CommitPace() {}

  /** What waits for the next commit; of several, what comes last here. */
  enum Waiting {
    /** There is nothing to commit. */
    NOTHING,

    /** Outcomes, which only are to be known. */
    OUTCOMES,

    /** Bulk mail is to start, or ends without a call. */
    BULK,

    /** The same of transactional mail. */
    TRANSACTIONAL
  }

  /**
   * Whether to commit now.
   *
   * @param supplied whether the calls have started bulk mail enough to go on with
   * @param since nanoseconds since the last commit
   */
  static boolean isDue(Waiting waiting, boolean supplied, long since) {
    return switch (waiting) {
      case NOTHING -> false;
      case OUTCOMES -> since >= PATIENCE;
      case BULK -> !supplied || since >= PATIENCE;
      case TRANSACTIONAL -> true;
    };
  }
}

package io.mailstream.benchmarks.faults.history;

import io.mailstream.benchmarks.faults.history.Checker.Bounds;
import io.mailstream.benchmarks.faults.history.History.Loss;
import io.mailstream.benchmarks.faults.history.History.Why;
import io.mailstream.benchmarks.faults.history.Violation.Kind;
import java.util.List;

/** Promise 3: each loss of a sender leaves at most its open sends uncertain. */
final class UncertainCheck {

  private UncertainCheck() {}

  static int bound(History history, Bounds bounds) {
    int losses =
        history.count(Loss.SENDER_KILLED)
            + history.count(Loss.SENDER_PAUSED)
            + history.count(Loss.BROKER_KILLED) * bounds.senders();
    return losses * bounds.openSends();
  }

  static void check(History history, Bounds bounds, List<Violation> violations) {
    long left =
        history.handedBack().stream().filter(back -> back.why() == Why.LEFT_UNCERTAIN).count();
    if (left > bound(history, bounds)) {
      violations.add(
          new Violation(
              Kind.TOO_MANY_UNCERTAIN,
              "all",
              "%d sends were left uncertain; %d may have been"
                  .formatted(left, bound(history, bounds))));
    }
  }
}

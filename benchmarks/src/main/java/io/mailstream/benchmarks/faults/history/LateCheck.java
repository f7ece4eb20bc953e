package io.mailstream.benchmarks.faults.history;

import io.mailstream.benchmarks.faults.history.History.Suppressed;
import io.mailstream.benchmarks.faults.history.Violation.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Promise 4: no dispatch after a suppression, and no call that starts later than a bound after its
 * commit. Suppressions hold for ever here.
 */
final class LateCheck {

  private LateCheck() {}

  static void check(History history, long boundMillis, List<Violation> violations) {
    Map<Id, Suppressed> first = new HashMap<>();
    history
        .suppressed()
        .forEach(entry ->
            first.merge(
                entry.recipient(), entry, (a, b) -> a.decidedAt() <= b.decidedAt() ? a : b));
    history
        .dispatched()
        .forEach(dispatch -> {
          Suppressed suppressed = first.get(dispatch.recipient());
          if (suppressed != null && dispatch.at() > suppressed.decidedAt()) {
            violations.add(
                new Violation(
                    Kind.LATE,
                    dispatch.delivery().toString(),
                    "%s after %s".formatted(dispatch, suppressed)));
          }
        });
    history
        .sent()
        .forEach(send -> {
          Suppressed suppressed = first.get(send.recipient());
          if (suppressed != null && send.startedAt() > suppressed.committedBy() + boundMillis) {
            violations.add(
                new Violation(
                    Kind.LATE,
                    send.delivery().toString(),
                    "%s more than %d ms after %s".formatted(send, boundMillis, suppressed)));
          }
        });
  }
}

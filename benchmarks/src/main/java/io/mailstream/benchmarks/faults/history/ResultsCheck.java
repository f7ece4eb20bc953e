package io.mailstream.benchmarks.faults.history;

import io.mailstream.benchmarks.faults.history.History.Accepted;
import io.mailstream.benchmarks.faults.history.History.Ended;
import io.mailstream.benchmarks.faults.history.History.Origin;
import io.mailstream.benchmarks.faults.history.History.Status;
import io.mailstream.benchmarks.faults.history.Violation.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Promise 1: one result for each recipient of each record, or it is visibly held. */
final class ResultsCheck {

  private record Key(Origin origin, Id recipient) {}

  private ResultsCheck() {}

  static void check(History history, List<Violation> violations) {
    Map<Key, Accepted> open = new HashMap<>(history.accepted().size() * 4 / 3 + 1);
    Map<Key, Ended> closed = new HashMap<>(history.accepted().size() * 4 / 3 + 1);
    history
        .accepted()
        .forEach(entry -> open.put(new Key(entry.origin(), entry.recipient()), entry));
    for (Ended end : history.ended()) {
      Key key = new Key(end.origin(), end.recipient());
      Ended first = closed.putIfAbsent(key, end);
      Accepted accepted = open.remove(key);
      if (first != null) {
        violations.add(
            new Violation(
                Kind.SEVERAL_RESULTS,
                end.delivery().toString(),
                "%s, and before %s".formatted(end, first)));
      } else if (accepted == null) {
        violations.add(
            new Violation(
                Kind.WRONG_RESULT,
                end.delivery().toString(),
                "of nothing that was accepted: " + end));
      } else if ((!accepted.valid() && end.status() != Status.REJECTED)
          || !accepted.delivery().equals(end.delivery())) {
        violations.add(
            new Violation(
                Kind.WRONG_RESULT, accepted.delivery().toString(), accepted + " ended as " + end));
      }
    }
    open.values().stream()
        .filter(entry -> !history.held().contains(entry.delivery()))
        .forEach(entry ->
            violations.add(
                new Violation(Kind.LOST, entry.delivery().toString(), "no result: " + entry)));
  }
}

package io.mailstream.benchmarks.faults.history;

import io.mailstream.benchmarks.faults.history.History.HandedBack;
import io.mailstream.benchmarks.faults.history.History.Status;
import io.mailstream.benchmarks.faults.history.Violation.Kind;
import java.util.List;
import java.util.Optional;

/** Promises 1 to 3 of one delivery: what the ESP has is what was asked for and what is told. */
final class SendsCheck {

  private SendsCheck() {}

  static void check(Id id, Course course, List<Violation> violations) {
    int sends = course.sent.size();
    Optional<Status> end = course.end().map(History.Ended::status);
    if (sends == 0) {
      if (end.filter(status -> status == Status.SENT).isPresent()) {
        add(Kind.LOST, "told to be sent, and the ESP has it not: ", id, course, violations);
      }
    } else if (course.accepted.isEmpty()) {
      add(Kind.UNTOLD_SEND, "nobody asked for it: ", id, course, violations);
    } else if (end.filter(s -> s != Status.SENT && s != Status.UNCERTAIN).isPresent()) {
      add(Kind.UNTOLD_SEND, "its result denies it: ", id, course, violations);
    }
    if (sends > 1) {
      checkRepeats(id, course, violations);
    }
    // What expired before it was dispatched is not remembered: a repeat of it expires by itself.
    long ends =
        course.ended.stream()
            .filter(e -> e.status() != Status.DUPLICATE)
            .filter(e -> e.status() != Status.EXPIRED || e.dispatchedAt() != 0)
            .count();
    if (ends > 1 && course.accepted.stream().allMatch(History.Accepted::valid)) {
      add(
          Kind.SEVERAL_RESULTS,
          "one delivery ended %d times: ".formatted(ends),
          id,
          course,
          violations);
    }
  }

  private static void checkRepeats(Id id, Course course, List<Violation> violations) {
    History.Accepted wish = course.accepted.isEmpty() ? null : course.accepted.getFirst();
    if (wish == null || !wish.resends()) {
      add(Kind.DOUBLED, "nobody asked for a second send: ", id, course, violations);
      return;
    }
    if (wish.evidence()) {
      add(Kind.DOUBLED, "though the ESP reports what it has: ", id, course, violations);
      return;
    }
    long labelled =
        course.handedBack.stream()
            .filter(back -> back.why().isUncertain())
            .mapToInt(HandedBack::attempt)
            .distinct()
            .count();
    if (labelled < course.sent.size() - 1) {
      add(
          Kind.UNLABELLED,
          "%d sends, %d of them labelled: ".formatted(course.sent.size(), labelled),
          id,
          course,
          violations);
    }
  }

  private static void add(Kind kind, String why, Id id, Course course, List<Violation> violations) {
    violations.add(new Violation(kind, id.toString(), why + course.evidence()));
  }
}

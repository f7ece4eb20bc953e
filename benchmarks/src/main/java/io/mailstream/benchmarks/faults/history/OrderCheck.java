package io.mailstream.benchmarks.faults.history;

import io.mailstream.benchmarks.faults.history.History.Dispatched;
import io.mailstream.benchmarks.faults.history.History.Ended;
import io.mailstream.benchmarks.faults.history.History.Status;
import io.mailstream.benchmarks.faults.history.History.Why;
import io.mailstream.benchmarks.faults.history.Violation.Kind;
import java.util.List;

/**
 * Promise 2 of one delivery: attempts follow one another, each but the first has a reason, and the
 * result comes after all of them.
 */
final class OrderCheck {

  private OrderCheck() {}

  static void check(Id id, Course course, List<Violation> violations) {
    String fault = dispatches(course);
    if (fault.isEmpty()) {
      fault = result(course);
    }
    if (!fault.isEmpty()) {
      violations.add(
          new Violation(Kind.OUT_OF_ORDER, id.toString(), fault + ": " + course.evidence()));
    }
  }

  private static String dispatches(Course course) {
    Dispatched before = null;
    int ofAttempt = 0;
    for (Dispatched next : course.dispatched) {
      int last = before == null ? 0 : before.attempt();
      ofAttempt = next.attempt() == last ? ofAttempt + 1 : 1;
      if (next.attempt() < last || next.attempt() > last + 1) {
        return "attempt %d was dispatched after %d".formatted(next.attempt(), last);
      }
      if (before != null && next.at() < before.at()) {
        return "a dispatch is older than the one before it";
      }
      if (ofAttempt > 1 + count(course, next.attempt(), false)) {
        return "attempt %d was dispatched %d times".formatted(next.attempt(), ofAttempt);
      }
      if (next.attempt() > last && last > 0 && count(course, last, true) == 0) {
        return "attempt %d was dispatched though %d had not failed".formatted(next.attempt(), last);
      }
      before = next;
    }
    return "";
  }

  private static long count(Course course, int attempt, boolean tried) {
    return course.handedBack.stream()
        .filter(back -> back.attempt() == attempt && (back.why() != Why.NOT_TRIED) == tried)
        .count();
  }

  private static String result(Course course) {
    for (Ended end : course.ended) {
      if (end.status() == Status.DUPLICATE) {
        continue;
      }
      long dispatched = end.dispatchedAt() == 0 ? end.acceptedAt() : end.dispatchedAt();
      if (dispatched < end.acceptedAt() || end.completedAt() < dispatched) {
        return "the result's times are not in their order";
      }
      if (course.dispatched.stream().anyMatch(each -> each.at() > end.completedAt())) {
        return "it was dispatched after its result";
      }
      if (end.status() == Status.SENT && course.dispatched.isEmpty()) {
        return "it was sent without a dispatch";
      }
    }
    return "";
  }
}

package io.mailstream.benchmarks.faults.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds a history against the promises. It finds what is proven to be wrong: where a time is known
 * to lie between two bounds, the one that speaks for the pipeline counts.
 */
public final class Checker {

  private final Bounds bounds;

  /**
   * What a history is held against.
   *
   * @param lateAfter how long after the commit of a suppression a call may still start
   * @param openSends how many sends a sender may have open
   * @param senders how many senders there are
   */
  public record Bounds(Duration lateAfter, int openSends, int senders) {}

  /** A checker. */
  public Checker(Bounds bounds) {
    this.bounds = bounds;
  }

  /** All that is wrong; empty: nothing. */
  public List<Violation> check(History history) {
    List<Violation> violations = new ArrayList<>();
    Map<Id, Course> courses = Course.of(history);
    ResultsCheck.check(history, violations);
    courses.forEach((id, course) -> {
      SendsCheck.check(id, course, violations);
      OrderCheck.check(id, course, violations);
    });
    LateCheck.check(history, bounds.lateAfter().toMillis(), violations);
    LimitCheck.check(history, bounds.openSends() * bounds.senders(), violations);
    UncertainCheck.check(history, bounds, violations);
    return violations;
  }

  /** The most sends that may have been left uncertain by what happened. */
  public int uncertainBound(History history) {
    return UncertainCheck.bound(history, bounds);
  }
}

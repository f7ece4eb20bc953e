package io.mailstream.benchmarks.faults;

import java.time.Duration;

/** Knows when a pipeline has stood still for too long. For one thread. */
final class Standstill {

  private final long bound;
  private long last = -1;
  private long movedAt;

  /** Says that a run stands still, or does not come to its end in time. */
  static final class Reached extends Exception {
    private static final long serialVersionUID = 1;

    Reached(String why) {
      super(why);
    }
  }

  Standstill(Duration bound) {
    this.bound = bound.toNanos();
  }

  /**
   * Takes a look.
   *
   * @param progress changes with everything that moves on
   * @param now by {@link System#nanoTime}
   * @throws Reached where nothing has moved for longer than the bound
   */
  void look(long progress, long now) throws Reached {
    if (progress != last) {
      last = progress;
      movedAt = now;
    } else if (now - movedAt > bound) {
      throw new Reached(
          "nothing has moved for %d s".formatted(Duration.ofNanos(bound).toSeconds()));
    }
  }
}

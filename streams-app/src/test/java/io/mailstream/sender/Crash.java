package io.mailstream.sender;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The end of a process at a point: from then on every thread of the instance dies at the next point
 * that it comes to, and nothing is flushed, committed or said to the group.
 */
final class Crash implements Checkpoints {

  private final Point where;
  private final AtomicInteger left;
  private final CountDownLatch happened = new CountDownLatch(1);

  /** A crash at the n-th time that a point is reached. */
  Crash(Point where, int times) {
    this.where = where;
    this.left = new AtomicInteger(times);
  }

  /** A crash that does not come. */
  static Crash never() {
    return new Crash(null, 1);
  }

  /** Where. */
  Point where() {
    return where;
  }

  @Override
  public void reached(Point point) {
    if (hasHappened() || (point == where && left.decrementAndGet() == 0)) {
      happened.countDown();
      throw new Died(point);
    }
  }

  boolean hasHappened() {
    return happened.getCount() == 0;
  }

  /** Waits for it, so long; whether it has happened. */
  boolean await(Duration most) {
    try {
      return happened.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What a dying thread throws; an error, so that no code of ours takes it for its own. */
  static final class Died extends Error {
    private static final long serialVersionUID = 1;

    Died(Point point) {
      super("crashed at " + point);
    }
  }
}

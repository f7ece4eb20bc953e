package io.mailstream.sender;

import java.util.concurrent.TimeUnit;

/**
 * How many calls of an account may be under way at once. Found out as TCP finds its window (RFC
 * 5681, slow start and congestion avoidance): it grows while it is used, latency holds and errors
 * are rare; it halves when the ESP throttles, and shrinks a little when calls take much longer than
 * usual. Is told the time, in nanoseconds of any clock; safe for many threads.
 */
final class ConcurrencyLimit {

  /** Where it begins. */
  static final int FIRST = 20;

  /** Below this nothing is gained: an account that is still throttled is slowed by its rate. */
  static final int LEAST = 10;

  /** The fewest calls that are judged together; else as many as may be under way. */
  static final int ROUND = 10;

  /** The share of a round's calls that may fail while it grows. */
  static final double RARE = 0.1;

  private static final double THROTTLED = 0.5;
  private static final double SLOW = 0.9;

  /** How much longer than usual calls may take: this many times, and this much beside. */
  private static final double LONGER = 2;

  private static final double LONGER_BY = TimeUnit.MILLISECONDS.toNanos(50);

  /**
   * How much of a round's latency becomes usual, where it is above: a slower ESP is got used to.
   */
  private static final double GETTING_USED = 0.05;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final int most;
  private double limit;
  private boolean probing = true;
  private boolean halved;
  private long halvedAt;
  private int underWay;

  private int peak;
  private int answers;
  private int failures;
  private double duration;
  private double usual;

  /**
   * A limit at its beginning.
   *
   * @param most what it never exceeds: the sender's open sends
   */
  ConcurrencyLimit(int most) {
    this.most = most;
    this.limit = Math.min(FIRST, most);
  }

  /** How many calls may be under way. */
  synchronized int limit() {
    return (int) limit;
  }

  /** How many calls are under way or planned. */
  synchronized int underWay() {
    return underWay;
  }

  /**
   * Whether another call may be planned.
   *
   * @param bulk whether it is one of bulk mail, which leaves room for urgent mail
   */
  synchronized boolean hasRoom(boolean bulk) {
    return underWay < (bulk ? CallSlots.bulkShare((int) limit) : (int) limit);
  }

  /** A call takes its place, whether there is room or not. */
  synchronized void enter() {
    underWay++;
    peak = Math.max(peak, underWay);
  }

  /** A call gives its place back. */
  synchronized void leave() {
    underWay--;
  }

  /** A call was answered, after this time in nanoseconds. */
  synchronized void answered(long nanos) {
    answers++;
    duration += nanos;
    endRound();
  }

  /** A call was not answered, or by a server error: how long that took says nothing. */
  synchronized void failed() {
    failures++;
    endRound();
  }

  /** The ESP throttled a call; {@code now} in nanoseconds. Halves at most once a second. */
  synchronized void throttled(long now) {
    if (halved && now - halvedAt < SECOND) {
      return;
    }
    halved = true;
    halvedAt = now;
    shrink(THROTTLED);
  }

  private void endRound() {
    if (answers + failures < Math.max(ROUND, (int) limit)) {
      return;
    }
    if (failures > (answers + failures) * RARE) {
      probing = false;
    } else {
      judge(duration / answers);
    }
    beginRound();
  }

  private void judge(double latency) {
    boolean first = usual == 0;
    boolean holds = first || latency <= LONGER * usual + LONGER_BY;
    usual = first || latency < usual ? latency : usual + (latency - usual) * GETTING_USED;
    if (!holds) {
      shrink(SLOW);
    } else if (peak * 2 >= (int) limit) {
      limit = Math.min(most, probing ? limit * 2 : limit + 1);
    }
  }

  private void shrink(double to) {
    probing = false;
    limit = Math.max(Math.min(LEAST, most), limit * to);
    beginRound();
  }

  private void beginRound() {
    answers = 0;
    failures = 0;
    duration = 0;
    peak = underWay;
  }
}

package io.mailstream.sender;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How far an account stays below its rate because its ESP throttles it: additive increase,
 * multiplicative decrease, down to a tenth of the rate. What counts as its rate is what it really
 * called when that began, if that was less. Is told the time, in nanoseconds of any clock; safe for
 * many threads.
 */
final class Slowdown {

  /** What a second in which the ESP throttles leaves of the rate. */
  static final double LESS = 0.5;

  /** What a second in which it does not gives back, of the whole. */
  static final double MORE = 0.05;

  /** Below this share nothing is gained: it is how the account finds out that it may call again. */
  static final double LEAST = 0.1;

  /** What an account without a known rate is taken to call at least, in calls a second. */
  static final double FEW = 10;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LongAdder calls = new LongAdder();
  private volatile double share = 1;
  private double observed = Double.POSITIVE_INFINITY;
  private double callsPerSecond;
  private long callsAtTick;
  private long tickedAt;
  private long throttledAt;

  /** Nothing is slowed. */
  Slowdown(long nanos) {
    tickedAt = nanos;
  }

  /** Another call is made. */
  void called() {
    calls.increment();
  }

  /** The ESP throttled a call; whether that makes it slower. */
  synchronized boolean throttled(long nanos) {
    if (isSlowed() && nanos - throttledAt < SECOND) {
      return false;
    }
    if (!isSlowed()) {
      double sinceTick = perSecond(calls.sum(), Math.max(SECOND, nanos - tickedAt));
      observed = Math.max(FEW, Math.max(callsPerSecond, sinceTick));
    }
    throttledAt = nanos;
    share = Math.max(LEAST, share * LESS);
    return true;
  }

  /** Called now and then; whether it may be faster. */
  synchronized boolean tick(long nanos) {
    long passed = nanos - tickedAt;
    if (passed < SECOND) {
      return false;
    }
    long total = calls.sum();
    callsPerSecond = perSecond(total, passed);
    callsAtTick = total;
    tickedAt = nanos;
    if (!isSlowed() || nanos - throttledAt <= SECOND) {
      return false;
    }
    share = Math.min(1, share + MORE);
    return true;
  }

  /** The calls a second of late, and at least {@link #FEW}. */
  synchronized double callsPerSecond() {
    return Math.max(FEW, callsPerSecond);
  }

  private double perSecond(long total, long nanos) {
    return (total - callsAtTick) * (double) SECOND / nanos;
  }

  /** What is left of a rate; infinite: without a limit. */
  synchronized double of(double rate) {
    if (!isSlowed()) {
      return rate;
    }
    double slowed = Math.min(rate, observed) * share;
    return Double.isInfinite(rate) ? slowed : Math.max(slowed, rate * LEAST);
  }

  /** Whether it is below its rate. */
  boolean isSlowed() {
    return share < 1;
  }
}

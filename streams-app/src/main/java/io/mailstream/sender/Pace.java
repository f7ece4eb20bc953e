package io.mailstream.sender;

/**
 * The pace of the calls to one account: a token bucket that calls may be planned a little ahead of,
 * so that those planned start on time, and never faster than the bucket allows. Time is an
 * argument, in nanoseconds.
 *
 * <p>The bucket begins empty: whoever owned the partitions before may just have used its burst.
 */
final class Pace {

  /** How far ahead of its token a call may be planned, in seconds. */
  private static final double HORIZON = 0.25;

  private static final double NANOS = 1e9;

  /** The longest burst of an account whose limit does not name one, in seconds of its rate. */
  private static final double DEFAULT_BURST = 0.1;

  private double rate = Double.POSITIVE_INFINITY;
  private double capacity = 1;
  private double tokens;
  private int planned;
  private long refilledAt;
  private boolean begun;

  /**
   * Sets the limit; tokens that are there stay, up to the new capacity.
   *
   * @param perSecond calls a second, above 0; infinite: no limit
   * @param burst the capacity in calls; not above 0: a tenth of a second's worth
   */
  synchronized void limit(double perSecond, double burst, long now) {
    refill(now);
    rate = perSecond;
    capacity = Math.max(1, burst > 0 ? burst : perSecond * DEFAULT_BURST);
    tokens = Math.min(tokens, capacity);
  }

  /** The limit, in calls a second. */
  synchronized double perSecond() {
    return rate;
  }

  /** Whether another call may be planned: it would start within a moment. */
  synchronized boolean mayPlan(long now) {
    if (Double.isInfinite(rate)) {
      return true;
    }
    refill(now);
    return planned + 1 <= tokens + Math.max(1, rate * HORIZON);
  }

  /** A call is planned. */
  synchronized void plan() {
    planned++;
  }

  /** A planned call is not made. */
  synchronized void unplan() {
    planned--;
  }

  /**
   * A call is to be made, and is no longer planned.
   *
   * @return how long it has to wait first, in nanoseconds; 0: it may go
   */
  synchronized long take(long now) {
    if (Double.isInfinite(rate)) {
      return 0;
    }
    refill(now);
    tokens -= 1;
    return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / rate * NANOS);
  }

  private void refill(long now) {
    if (!begun) {
      begun = true;
      refilledAt = now;
      return;
    }
    double passed = Math.max(0, now - refilledAt) / NANOS;
    refilledAt = Math.max(refilledAt, now);
    if (!Double.isInfinite(rate)) {
      tokens = Math.min(capacity, tokens + passed * rate);
    }
  }
}

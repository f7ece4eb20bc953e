package io.mailstream.embedded.ses;

/** A token bucket that holds one second's worth and starts full. */
final class RateGate {

  private double rate;
  private double tokens;
  private long lastNanos;

  /** Whether a number of recipients may pass now; 0 recipients a second is no limit. */
  synchronized boolean passes(double recipientsPerSecond, int recipients, long nowNanos) {
    if (recipientsPerSecond == 0) {
      return true;
    }
    double capacity = Math.max(1, recipientsPerSecond);
    if (rate != recipientsPerSecond) {
      rate = recipientsPerSecond;
      tokens = capacity;
    } else {
      tokens = Math.min(capacity, tokens + (nowNanos - lastNanos) / 1e9 * rate);
    }
    lastNanos = nowNanos;
    if (tokens < Math.min(recipients, capacity)) {
      return false;
    }
    tokens -= recipients;
    return true;
  }
}

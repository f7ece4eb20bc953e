package io.mailstream.streams.throttle;

import io.mailstream.v1.Lane;

/**
 * A token bucket that is told the time. It begins full.
 *
 * <p>Tokens come back as the clock moves forward. When the clock is set back nothing comes back,
 * and counting goes on from the new time: waiting for the old time to come round again would stop
 * all mail for as long as the clock was wrong.
 */
public final class TokenBucket {

  private final BucketSize size;
  private double tokens;
  private long updatedAt;

  private TokenBucket(BucketSize size, double tokens, long updatedAt) {
    this.size = size;
    this.tokens = tokens;
    this.updatedAt = updatedAt;
  }

  /** A full bucket. */
  public static TokenBucket full(BucketSize size, long now) {
    return new TokenBucket(size, size.capacity(), now);
  }

  /**
   * A bucket as it was left. A capacity that has become smaller since takes the surplus away.
   *
   * @param tokens {@link #tokens()} when it was left
   * @param updatedAt {@link #updatedAt()} when it was left
   */
  public static TokenBucket resume(BucketSize size, double tokens, long updatedAt) {
    double bounded = Double.isNaN(tokens) ? 0 : Math.clamp(tokens, 0, size.capacity());
    return new TokenBucket(size, bounded, updatedAt);
  }

  /** Whether a delivery of the lane may take a token now. */
  public boolean has(Lane lane, long now) {
    refill(now);
    return tokens >= needed(lane);
  }

  /**
   * Takes a token.
   *
   * @throws IllegalStateException if there is none for the lane: ask {@link #has} first
   */
  public void take(Lane lane, long now) {
    if (!has(lane, now)) {
      throw new IllegalStateException("no token for %s: %s of %s".formatted(lane, tokens, size));
    }
    tokens -= 1;
  }

  /** When a delivery of the lane could next take a token, if nobody else took one before. */
  public long availableAt(Lane lane, long now) {
    refill(now);
    double missing = needed(lane) - tokens;
    if (missing <= 0) {
      return now;
    }
    double wait = Math.ceil(missing / size.perMilli());
    return wait >= Long.MAX_VALUE - now ? Long.MAX_VALUE : now + Math.max(1, (long) wait);
  }

  /** Whether it holds all it can, and so is as good as a new one. */
  public boolean isFull(long now) {
    refill(now);
    return tokens >= size.capacity();
  }

  /** Tokens when it was last looked at. */
  public double tokens() {
    return tokens;
  }

  /** When it was last looked at, in milliseconds since the epoch. */
  public long updatedAt() {
    return updatedAt;
  }

  private double needed(Lane lane) {
    return lane == Lane.TRANSACTIONAL ? 1 : 1 + size.reserve();
  }

  private void refill(long now) {
    if (now > updatedAt) {
      tokens = Math.min(size.capacity(), tokens + (now - updatedAt) * size.perMilli());
    }
    updatedAt = now;
  }
}

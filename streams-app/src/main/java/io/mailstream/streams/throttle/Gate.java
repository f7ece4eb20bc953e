package io.mailstream.streams.throttle;

import io.mailstream.v1.Lane;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One scope as mail meets it: a bucket where the scope has a limit, a time until which it is closed
 * altogether, and at an account the pace at which it takes mail.
 *
 * <p>Its state, without the pace, is 25 bytes: a version, the tokens, when they were counted, and
 * until when it is closed.
 */
public final class Gate {

  private static final byte VERSION = 1;
  private static final int BYTES = 1 + 3 * Long.BYTES;

  private final Scope scope;
  private final Optional<TokenBucket> bucket;
  private Optional<AccountPace> pace = Optional.empty();
  private long closedUntil;

  private Gate(Scope scope, Optional<TokenBucket> bucket, long closedUntil) {
    this.scope = scope;
    this.bucket = bucket;
    this.closedUntil = closedUntil;
  }

  /** The same gate, which lets no more pass than an account takes. */
  Gate at(AccountPace account) {
    pace = Optional.of(account);
    return this;
  }

  static Gate fresh(Scope scope, Optional<BucketSize> size, long now) {
    return new Gate(scope, size.map(s -> TokenBucket.full(s, now)), Long.MIN_VALUE);
  }

  /** A gate as it was left. A limit that is new since begins with a full bucket. */
  static Gate decode(Scope scope, Optional<BucketSize> size, byte[] state, long now) {
    if (state.length != BYTES || state[0] != VERSION) {
      throw new IllegalStateException(
          "state of %s: %d bytes of version %d, but this release reads %d bytes of version %d"
              .formatted(scope, state.length, state.length == 0 ? 0 : state[0], BYTES, VERSION));
    }
    ByteBuffer in = ByteBuffer.wrap(state, 1, BYTES - 1);
    double tokens = in.getDouble();
    long updatedAt = in.getLong();
    long closedUntil = in.getLong();
    return new Gate(
        scope,
        size.map(s ->
            Double.isNaN(tokens)
                ? TokenBucket.full(s, now)
                : TokenBucket.resume(s, tokens, updatedAt)),
        closedUntil);
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).put(VERSION);
    out.putDouble(bucket.map(TokenBucket::tokens).orElse(Double.NaN));
    out.putLong(bucket.map(TokenBucket::updatedAt).orElse(0L));
    return out.putLong(closedUntil).array();
  }

  /**
   * A gate's state as it was written.
   *
   * @param tokens how many there were; not a number: it has no bucket
   * @param updatedAt when they were counted, in milliseconds since the epoch
   * @param closedUntil until when it is closed altogether
   */
  public record Reading(double tokens, long updatedAt, long closedUntil) {

    /** Reads one. */
    public static Reading of(byte[] state) {
      ByteBuffer in = ByteBuffer.wrap(state, 1, BYTES - 1);
      return new Reading(in.getDouble(), in.getLong(), in.getLong());
    }
  }

  /** What it counts. */
  public Scope scope() {
    return scope;
  }

  /** Whether a delivery of the lane may pass now. */
  public boolean isOpen(Lane lane, long now) {
    return closedUntil <= now
        && (bucket.isEmpty() || bucket.get().has(lane, now))
        && (pace.isEmpty() || pace.get().has(lane, now));
  }

  /** Whether it is closed altogether, however many tokens there are. */
  public boolean isClosed(long now) {
    return closedUntil > now;
  }

  /** When a delivery of the lane could next pass, if nobody else passed before. */
  public long opensAt(Lane lane, long now) {
    long byLimit = bucket.map(b -> b.availableAt(lane, now)).orElse(now);
    long byPace = pace.map(p -> p.availableAt(lane, now)).orElse(now);
    return Math.max(closedUntil, Math.max(byLimit, byPace));
  }

  /** Whether it says nothing that a new one would not say. */
  boolean isIdle(long now) {
    return closedUntil <= now && (bucket.isEmpty() || bucket.get().isFull(now));
  }

  boolean hasBucket() {
    return bucket.isPresent();
  }

  void take(Lane lane, long now) {
    bucket.ifPresent(b -> b.take(lane, now));
    pace.ifPresent(p -> p.take(lane, now));
  }

  void open() {
    closedUntil = Long.MIN_VALUE;
  }

  void closeUntil(long until) {
    closedUntil = Math.max(closedUntil, until);
  }
}

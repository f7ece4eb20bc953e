package io.mailstream.streams.hold;

import io.mailstream.v1.Lane;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * How much is held, by reason and lane, and the sequence numbers that order it. Kept as state, for
 * neither can be had from the store without reading all of it.
 */
final class HoldTotals {

  private static final byte VERSION = 1;
  private static final int LANES = Lane.values().length;

  /** Milliseconds in the upper bits, so that a sequence number tells when it was given. */
  private static final int COUNTER_BITS = 20;

  private final HoldMetrics.Task metrics;
  private final long[] counts = new long[HoldReason.values().length * LANES];
  private long sequence;
  private boolean changed;

  HoldTotals(Optional<byte[]> state, HoldMetrics.Task metrics) {
    this.metrics = metrics;
    state.ifPresent(this::read);
    for (HoldReason reason : HoldReason.values()) {
      for (Lane lane : Lane.values()) {
        metrics.held(reason, lane, count(reason, lane));
      }
    }
  }

  /** A number larger than every one before, whatever the clock does. */
  long nextSequence(long now) {
    sequence = Math.max(sequence + 1, now << COUNTER_BITS);
    changed = true;
    return sequence;
  }

  /** When a sequence number was given, in milliseconds since the epoch. */
  static long timeOf(long sequence) {
    return sequence >>> COUNTER_BITS;
  }

  /** Something is held. */
  void entered(HoldReason reason, Lane lane) {
    counts[index(reason, lane)]++;
    changed = true;
    metrics.entered(reason, lane);
  }

  /** Something is held no longer. */
  void left(HoldReason reason, Lane lane) {
    counts[index(reason, lane)]--;
    changed = true;
    metrics.left(reason, lane);
  }

  long count(HoldReason reason, Lane lane) {
    return counts[index(reason, lane)];
  }

  /** Writes the state if it has changed since it was last written. */
  void writeTo(HoldState state) {
    if (!changed) {
      return;
    }
    ByteBuffer out =
        ByteBuffer.allocate(2 + (1 + counts.length) * Long.BYTES)
            .put(VERSION)
            .put((byte) counts.length)
            .putLong(sequence);
    for (long count : counts) {
      out.putLong(count);
    }
    state.totals(out.array());
    changed = false;
  }

  private void read(byte[] state) {
    long[] written = counts(state);
    System.arraycopy(written, 0, counts, 0, counts.length);
    sequence = ByteBuffer.wrap(state, 2, Long.BYTES).getLong();
  }

  /** The counts of a written state, by {@link #index}. */
  static long[] counts(byte[] state) {
    long[] counts = new long[HoldReason.values().length * LANES];
    ByteBuffer in = ByteBuffer.wrap(state);
    byte version = in.get();
    int written = in.get();
    if (version != VERSION || written > counts.length) {
      throw new IllegalStateException(
          "totals of version %d with %d counts, but this release reads version %d with up to %d"
              .formatted(version, written, VERSION, counts.length));
    }
    in.getLong();
    for (int i = 0; i < written; i++) {
      counts[i] = in.getLong();
    }
    return counts;
  }

  static int index(HoldReason reason, Lane lane) {
    return (reason.code() - 1) * LANES + lane.ordinal();
  }
}

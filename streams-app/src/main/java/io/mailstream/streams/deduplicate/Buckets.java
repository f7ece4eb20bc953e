package io.mailstream.streams.deduplicate;

import io.mailstream.policy.Deduplication;
import java.time.Duration;

/**
 * The window cut into fixed buckets. An entry lies in the bucket of its time; a look-up reads the
 * current bucket and as many before it as the window has, by key: no range is scanned, and nothing
 * younger than the window is missed.
 */
final class Buckets {

  /** How far the clock may go back without forgetting or doubling anything. */
  static final Duration SLACK = Duration.ofHours(1);

  private final long sizeMs;
  private final int count;

  Buckets(Deduplication deduplication) {
    this.count = deduplication.buckets();
    this.sizeMs = Math.ceilDiv(deduplication.window().toMillis(), count);
  }

  /** How long one bucket is. */
  Duration size() {
    return Duration.ofMillis(sizeMs);
  }

  /** How long an entry must be kept to be found as long as the window says, with slack. */
  Duration retention() {
    return Duration.ofMillis(sizeMs * (count + 1)).plus(SLACK);
  }

  /** The start of the bucket that a time lies in. */
  long startOf(long time) {
    return Math.floorDiv(time, sizeMs) * sizeMs;
  }

  /** The starts of the buckets to look into, the newest first. */
  long[] toRead(long time) {
    long[] starts = new long[count + 1];
    long newest = startOf(time);
    for (int i = 0; i <= count; i++) {
      starts[i] = newest - i * sizeMs;
    }
    return starts;
  }
}

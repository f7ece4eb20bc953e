package io.mailstream.sender;

import io.mailstream.v1.Lane;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * A dispatch partition, for one time that this instance owns it. The object is the ownership epoch:
 * when the partition comes back later, it is another one, so that nothing of the earlier time can
 * be taken for the later.
 */
final class OwnedPartition {

  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(5);

  private final TopicPartition id;
  private final Lane lane;
  private final PartitionProgress<Send> progress;
  private volatile boolean mayStart = true;
  private boolean owned = true;
  private long lastTimestamp;
  private Send heldUp;
  private long lookedAt;

  OwnedPartition(TopicPartition id, Lane lane, PartitionProgress<Send> progress) {
    this.id = id;
    this.lane = lane;
    this.progress = progress;
  }

  TopicPartition id() {
    return id;
  }

  Lane lane() {
    return lane;
  }

  PartitionProgress<Send> progress() {
    return progress;
  }

  /** Whether calls may start; read by the calls' threads. */
  boolean mayStart() {
    return mayStart;
  }

  void stopStarting() {
    mayStart = false;
  }

  /** Whether outcomes may still be committed with its offset. */
  boolean isOwned() {
    return owned;
  }

  void release() {
    mayStart = false;
    owned = false;
  }

  /** The timestamp of the record polled last, in milliseconds. */
  long lastTimestamp() {
    return lastTimestamp;
  }

  void polled(long timestamp) {
    lastTimestamp = timestamp;
  }

  /**
   * For how long a head that cannot go has held up mail that could, in nanoseconds; 0: it does not,
   * as far as is known. Looks through all that waits only now and then.
   *
   * @param couldGo whether a waiting one could go if it were the head
   */
  long holdsUp(Predicate<Send> couldGo, long nanos) {
    if (heldUp != null && (heldUp.offset() <= progress.head().offset() || !couldGo.test(heldUp))) {
      heldUp = null;
    }
    if (heldUp == null && nanos - lookedAt >= LOOK) {
      lookedAt = nanos;
      heldUp = progress.firstWaiting(couldGo);
    }
    return heldUp == null ? 0 : nanos - heldUp.polledAt();
  }

  /** How many bytes of polled records wait to be started. */
  long waitingBytes() {
    long[] bytes = new long[1];
    progress.forEachWaiting(send -> bytes[0] += send.bytes());
    return bytes[0];
  }

  /** From when on suppressions concern what is unfinished here, in milliseconds. */
  long horizon() {
    Send open = progress.oldestOpen();
    Send first = open == null ? progress.head() : open;
    return first == null ? lastTimestamp : Math.min(first.source().timestamp(), lastTimestamp);
  }
}

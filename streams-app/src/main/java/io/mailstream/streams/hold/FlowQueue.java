package io.mailstream.streams.hold;

import io.mailstream.streams.hold.QueueId.Position;
import io.mailstream.streams.throttle.Flow;
import io.mailstream.v1.Lane;
import java.util.ArrayDeque;

/**
 * One flow's mail that waits for limits, first in, first out. The store has the mail; this has the
 * sequence numbers of the first few, so that taking the head is a look-up and no scan.
 */
final class FlowQueue {

  /** How many sequence numbers are in memory at most. */
  static final int REMEMBERED = 256;

  /** How many bytes of mail one refill reads at most, beyond its first. */
  private static final long REFILL_BYTES = 1024 * 1024;

  private final QueueId.OfFlow id;
  private final byte[] prefix;
  private final ArrayDeque<Long> heads = new ArrayDeque<>();
  private boolean complete = true;

  FlowQueue(QueueId.OfFlow id) {
    this.id = id;
    this.prefix = id.prefix();
  }

  /** A queue found in the store, of which only the head is known. */
  static FlowQueue found(QueueId.OfFlow id, long head) {
    FlowQueue queue = new FlowQueue(id);
    queue.heads.add(head);
    queue.complete = false;
    return queue;
  }

  Flow flow() {
    return id.flow();
  }

  Lane lane() {
    return id.lane();
  }

  QueueId.OfFlow id() {
    return id;
  }

  boolean isEmpty() {
    return heads.isEmpty();
  }

  /** The sequence number of the head: when it began to wait. */
  long head() {
    return heads.getFirst();
  }

  void append(HoldStore store, long sequence, Held held) {
    store.put(prefix, at(sequence), held);
    if (complete && heads.size() < REMEMBERED) {
      heads.addLast(sequence);
    } else {
      complete = false;
    }
  }

  HoldStore.Entry peek(HoldStore store) {
    return store.get(prefix, at(head()));
  }

  /** Removes the head, which {@link #peek} returned. */
  void pop(HoldStore store, Held head) {
    remove(store, head(), head);
  }

  /** Removes an entry. */
  void remove(HoldStore store, long sequence, Held held) {
    heads.remove(sequence);
    store.delete(prefix, at(sequence), held);
    if (heads.isEmpty() && !complete) {
      HoldStore.Positions more =
          store.positions(prefix, at(sequence + 1), REMEMBERED, REFILL_BYTES);
      more.found().forEach(position -> heads.addLast(position.sequence()));
      complete = more.complete();
    }
  }

  private static Position at(long sequence) {
    return new Position(0, sequence);
  }
}

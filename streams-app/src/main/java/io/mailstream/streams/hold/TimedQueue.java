package io.mailstream.streams.hold;

import io.mailstream.streams.hold.QueueId.Position;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Mail that waits for a time. The store has the mail; this has the position of the first entry,
 * which says when to look next and where, past the tombstones of what has left.
 */
final class TimedQueue {

  private final QueueId.Timed id;
  private final byte[] prefix;
  private Optional<Position> head = Optional.empty();

  TimedQueue(QueueId.Timed id) {
    this.id = id;
    this.prefix = id.prefix();
  }

  QueueId.Timed id() {
    return id;
  }

  byte[] prefix() {
    return prefix;
  }

  /** Notes that something is held at a position. */
  void offer(Position position) {
    if (head.isEmpty() || position.compareTo(head.get()) < 0) {
      head = Optional.of(position);
    }
  }

  /** Takes out what is due, as far as the budget goes. */
  List<HoldStore.Timed> take(HoldStore store, long now, Budget budget) {
    if (head.isEmpty() || head.get().due() > now || !budget.isLeft()) {
      return List.of();
    }
    HoldStore.Due due = store.take(prefix, head.get(), now, budget);
    head = due.next();
    return due.entries();
  }

  /** Since when the first entry has been due or will be; empty: nothing waits. */
  OptionalLong due() {
    return head.map(position -> OptionalLong.of(position.due())).orElse(OptionalLong.empty());
  }
}

package io.mailstream.streams.hold;

import io.mailstream.streams.hold.QueueId.Position;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.OnUncertain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The ordered store as queues. Every read begins at a known position: a scan from a queue's start
 * would walk over the tombstones of all that has left it.
 */
final class HoldStore {

  private final KeyValueStore<Bytes, byte[]> store;
  private final HeldCodec codec;
  private final HoldTotals totals;

  HoldStore(KeyValueStore<Bytes, byte[]> store, HeldCodec codec, HoldTotals totals) {
    this.store = store;
    this.codec = codec;
    this.totals = totals;
  }

  /** Holds a delivery at a position, and notes under its id where that is. */
  void put(byte[] prefix, Position position, Held held) {
    byte[] key = QueueId.key(prefix, position);
    store.put(Bytes.wrap(key), codec.encode(held));
    store.put(idKey(QueueId.PLACE, held.delivery().getDeliveryId()), key);
    totals.entered(held.reason(), held.delivery().getLane());
  }

  /** Forgets a delivery that {@link #get} or {@link #find} returned. */
  void delete(byte[] prefix, Position position, Held held) {
    store.delete(Bytes.wrap(QueueId.key(prefix, position)));
    left(held);
  }

  /**
   * The delivery of an id that waits; empty: none does. Of two, which there can be once the
   * deduplication window is over, it is the one that was held last.
   */
  Optional<Located> find(String deliveryId) {
    byte[] key = store.get(idKey(QueueId.PLACE, deliveryId));
    byte[] value = key == null ? null : store.get(Bytes.wrap(key));
    return value == null
        ? Optional.empty()
        : Optional.of(new Located(QueueId.of(key), QueueId.position(key), codec.decode(value)));
  }

  private void left(Held held) {
    store.delete(idKey(QueueId.PLACE, held.delivery().getDeliveryId()));
    totals.left(held.reason(), held.delivery().getLane());
  }

  /**
   * What is held at a position.
   *
   * @throws IllegalStateException if nothing is: the index and the store disagree
   */
  Entry get(byte[] prefix, Position position) {
    byte[] value = store.get(Bytes.wrap(QueueId.key(prefix, position)));
    if (value == null) {
      throw new IllegalStateException(
          "the hold store has nothing at %s of its queue, where something is held"
              .formatted(position));
    }
    return new Entry(codec.decode(value), value.length);
  }

  /**
   * The positions of a queue's next entries, without decoding them.
   *
   * @param most at most so many
   * @param mostBytes no further once so many bytes were read
   */
  Positions positions(byte[] prefix, Position from, int most, long mostBytes) {
    List<Position> found = new ArrayList<>();
    long read = 0;
    try (KeyValueIterator<Bytes, byte[]> entries = range(prefix, from)) {
      while (entries.hasNext()) {
        if (found.size() >= most || read >= mostBytes) {
          return new Positions(found, false);
        }
        KeyValue<Bytes, byte[]> entry = entries.next();
        found.add(QueueId.position(entry.key.get()));
        read += entry.value.length;
      }
    }
    return new Positions(found, true);
  }

  /**
   * Takes out what is due in a timed queue, as far as the budget goes.
   *
   * @param from where the queue begins at the earliest
   * @return what was taken, and the first position that was left; empty: the queue is empty
   */
  Due take(byte[] prefix, Position from, long now, Budget budget) {
    List<Timed> due = new ArrayList<>();
    Optional<Position> next = Optional.empty();
    try (KeyValueIterator<Bytes, byte[]> entries = range(prefix, from)) {
      while (entries.hasNext()) {
        Position position = QueueId.position(entries.peekNextKey().get());
        if (position.due() > now || !budget.isLeft()) {
          next = Optional.of(position);
          break;
        }
        byte[] value = entries.next().value;
        budget.spend(value.length);
        due.add(new Timed(position, value));
      }
    }
    due.forEach(entry -> store.delete(Bytes.wrap(QueueId.key(prefix, entry.position()))));
    return new Due(due, next);
  }

  /** A delivery that {@link #take} took out. */
  Held decode(Timed taken) {
    Held held = codec.decode(taken.value());
    left(held);
    return held;
  }

  /** Holds an uncertain delivery under its id, and a timer for it at a position of a queue. */
  void putUncertain(byte[] timerPrefix, Position timer, Held held) {
    String id = held.delivery().getDeliveryId();
    store.put(idKey(QueueId.UNCERTAIN, id), encode(held, timer));
    store.put(Bytes.wrap(QueueId.key(timerPrefix, timer)), id.getBytes(StandardCharsets.UTF_8));
    totals.entered(held.reason(), held.delivery().getLane());
  }

  /** An uncertain delivery is not to be sent again, whatever its request asked for. */
  void neverAgain(Uncertain uncertain) {
    Delivery delivery = uncertain.held().delivery();
    delivery.setOnUncertain(OnUncertain.REPORT);
    store.put(
        idKey(QueueId.UNCERTAIN, delivery.getDeliveryId()),
        encode(uncertain.held().changed(delivery), uncertain.timer()));
  }

  private byte[] encode(Held held, Position timer) {
    byte[] encoded = codec.encode(held);
    return ByteBuffer.allocate(QueueId.POSITION_BYTES + encoded.length)
        .putLong(timer.due())
        .putLong(timer.sequence())
        .put(encoded)
        .array();
  }

  /** The uncertain delivery of an id, if one is held. */
  Optional<Uncertain> uncertain(String deliveryId) {
    byte[] value = store.get(idKey(QueueId.UNCERTAIN, deliveryId));
    if (value == null) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(value);
    Position timer = new Position(in.getLong(), in.getLong());
    byte[] encoded = new byte[in.remaining()];
    in.get(encoded);
    return Optional.of(new Uncertain(codec.decode(encoded), timer, value.length));
  }

  /** Forgets an uncertain delivery and its timer. */
  void deleteUncertain(byte[] timerPrefix, Uncertain uncertain) {
    Held held = uncertain.held();
    store.delete(idKey(QueueId.UNCERTAIN, held.delivery().getDeliveryId()));
    store.delete(Bytes.wrap(QueueId.key(timerPrefix, uncertain.timer())));
    totals.left(held.reason(), held.delivery().getLane());
  }

  /** The first entry of every queue that has one, by one seek a queue. */
  List<First> firsts() {
    List<First> found = new ArrayList<>();
    Bytes from = Bytes.wrap(new byte[] {QueueId.FLOW});
    Bytes to = Bytes.wrap(new byte[] {QueueId.UNCERTAIN});
    while (true) {
      try (KeyValueIterator<Bytes, byte[]> rest = store.range(from, to)) {
        if (!rest.hasNext()) {
          return found;
        }
        byte[] key = rest.peekNextKey().get();
        QueueId queue = QueueId.of(key);
        found.add(new First(queue, QueueId.position(key)));
        from = Bytes.wrap(QueueId.end(queue.prefix()));
      }
    }
  }

  private KeyValueIterator<Bytes, byte[]> range(byte[] prefix, Position from) {
    return store.range(Bytes.wrap(QueueId.key(prefix, from)), Bytes.wrap(QueueId.end(prefix)));
  }

  private static Bytes idKey(byte kind, String deliveryId) {
    byte[] id = deliveryId.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(ByteBuffer.allocate(1 + id.length).put(kind).put(id).array());
  }

  /** A delivery that waits, and where. */
  record Located(QueueId queue, Position position, Held held) {}

  /** An entry and its size in bytes. */
  record Entry(Held held, int bytes) {}

  /** Positions in order, and whether the queue has no more behind them. */
  record Positions(List<Position> found, boolean complete) {}

  /** An entry of a timed queue, not decoded. */
  record Timed(Position position, byte[] value) {

    /** What a timer of the evidence queue stands for. */
    String deliveryId() {
      return new String(value, StandardCharsets.UTF_8);
    }
  }

  /** What was due, and the first that was left. */
  record Due(List<Timed> entries, Optional<Position> next) {}

  /** An uncertain delivery, its timer and its size in bytes. */
  record Uncertain(Held held, Position timer, int bytes) {}

  /** The first entry of a queue. */
  record First(QueueId queue, Position position) {}
}

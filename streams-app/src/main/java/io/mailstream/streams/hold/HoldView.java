package io.mailstream.streams.hold;

import io.mailstream.streams.hold.QueueId.OfFlow;
import io.mailstream.streams.throttle.Flow;
import io.mailstream.streams.throttle.Gate;
import io.mailstream.streams.throttle.Scope;
import io.mailstream.v1.Lane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * What waits in one partition and what its limits stand at, for whoever asks from outside. Reads
 * the stores beside the task that writes them; each look is bounded.
 */
public final class HoldView {

  private static final byte LAST_SHARED_SCOPE = 4;

  private final ReadOnlyKeyValueStore<Bytes, byte[]> held;
  private final ReadOnlyKeyValueStore<Bytes, byte[]> state;

  /**
   * A view of one partition.
   *
   * @param held the store {@link HoldStores#HELD}
   * @param state the store {@link HoldStores#STATE}
   */
  public HoldView(
      ReadOnlyKeyValueStore<Bytes, byte[]> held, ReadOnlyKeyValueStore<Bytes, byte[]> state) {
    this.held = held;
    this.state = state;
  }

  /** How many are held for a reason in a lane. */
  public record Total(HoldReason reason, Lane lane, long count) {}

  /**
   * A flow that is over a limit.
   *
   * @param since when the one that waits longest was held, in milliseconds since the epoch
   * @param count how many wait, or where they were not all counted, how many at least
   * @param counted whether they were all counted
   */
  public record Waiting(Flow flow, Lane lane, long since, long count, boolean counted) {}

  /** The flows that were found, and whether they are all. */
  public record Flows(List<Waiting> waiting, boolean complete) {}

  /** What a scope's gate stands at. */
  public record Stand(Scope scope, Gate.Reading reading) {}

  /**
   * A delivery that waits.
   *
   * @param heldAt since when, in milliseconds since the epoch
   */
  public record Item(
      String deliveryId,
      String requestId,
      String tenant,
      String stream,
      HoldReason reason,
      Lane lane,
      long heldAt) {}

  /** What was found, and whether all was looked at. */
  public record Found(List<Item> items, boolean complete) {}

  /** How many are held, where any are. */
  public List<Total> totals() {
    List<Total> totals = new ArrayList<>();
    byte[] written = state.get(HoldState.totalsKey());
    if (written != null) {
      long[] counts = HoldTotals.counts(written);
      for (HoldReason reason : HoldReason.values()) {
        for (Lane lane : Lane.values()) {
          long count = counts[HoldTotals.index(reason, lane)];
          if (count > 0) {
            totals.add(new Total(reason, lane, count));
          }
        }
      }
    }
    return totals;
  }

  /**
   * The flows that wait at a limit, by one seek each, and how many wait in each.
   *
   * @param most how many flows, at most
   * @param lookAt how many mails are counted, at most
   */
  public Flows waiting(int most, int lookAt) {
    List<Waiting> found = new ArrayList<>();
    Bytes from = Bytes.wrap(new byte[] {QueueId.FLOW});
    Bytes to = Bytes.wrap(new byte[] {QueueId.SCHEDULED});
    int left = lookAt;
    while (true) {
      try (KeyValueIterator<Bytes, byte[]> rest = held.range(from, to)) {
        byte[] key = rest.hasNext() ? rest.peekNextKey().get() : new byte[] {QueueId.SCHEDULED};
        if (key[0] != QueueId.FLOW || !(QueueId.of(key) instanceof OfFlow queue)) {
          return new Flows(found, true);
        }
        if (found.size() == most) {
          return new Flows(found, false);
        }
        byte[] end = QueueId.end(queue.prefix());
        int count = 0;
        while (isIn(rest, end) && count < left) {
          rest.next();
          count++;
        }
        left -= count;
        long since = HoldTotals.timeOf(QueueId.position(key).sequence());
        found.add(
            new Waiting(queue.flow(), queue.lane(), since, Math.max(1, count), !isIn(rest, end)));
        from = Bytes.wrap(end);
      }
    }
  }

  private static boolean isIn(KeyValueIterator<Bytes, byte[]> rest, byte[] end) {
    return rest.hasNext() && Arrays.compareUnsigned(rest.peekNextKey().get(), end) <= 0;
  }

  /** What the limits of tenants, streams, accounts and domains stand at; at most so many. */
  public List<Stand> stands(int most) {
    List<Stand> found = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> gates =
        state.range(
            HoldState.gateKey((byte) 0), HoldState.gateKey((byte) (LAST_SHARED_SCOPE + 1)))) {
      while (gates.hasNext() && found.size() < most) {
        KeyValue<Bytes, byte[]> gate = gates.next();
        byte[] key = gate.key.get();
        if (key.length > 2 && key[1] <= LAST_SHARED_SCOPE) {
          found.add(
              new Stand(
                  Scope.decode(Arrays.copyOfRange(key, 1, key.length)),
                  Gate.Reading.of(gate.value)));
        }
      }
    }
    return found;
  }

  /**
   * What waits for one recipient.
   *
   * @param recipientKey the canonical address
   * @param lookAt how many entries are looked at, at most
   */
  public Found of(String recipientKey, int lookAt) {
    HeldCodec codec = new HeldCodec();
    HoldState.schemas(state).forEach(codec::addWriterSchema);
    List<Item> items = new ArrayList<>();
    int looked = 0;
    try (KeyValueIterator<Bytes, byte[]> all = held.all()) {
      while (all.hasNext()) {
        if (looked++ >= lookAt) {
          return new Found(items, false);
        }
        KeyValue<Bytes, byte[]> entry = all.next();
        encoded(entry)
            .filter(value -> HeldCodec.recipientKey(value).equals(recipientKey))
            .map(codec::decode)
            .ifPresent(waits -> items.add(item(waits)));
      }
    }
    return new Found(items, true);
  }

  /** The held delivery in an entry; empty: it is a timer or a place. */
  private static Optional<byte[]> encoded(KeyValue<Bytes, byte[]> entry) {
    return switch (entry.key.get()[0]) {
      case QueueId.FLOW, QueueId.SCHEDULED, QueueId.RETRY -> Optional.of(entry.value);
      case QueueId.UNCERTAIN ->
          Optional.of(Arrays.copyOfRange(entry.value, QueueId.POSITION_BYTES, entry.value.length));
      default -> Optional.empty();
    };
  }

  private static Item item(Held held) {
    return new Item(
        held.delivery().getDeliveryId(),
        held.delivery().getRequestId(),
        held.delivery().getTenant(),
        held.delivery().getStream(),
        held.reason(),
        held.delivery().getLane(),
        held.heldAt());
  }
}

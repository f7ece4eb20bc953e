package io.mailstream.streams.hold;

import io.mailstream.policy.Policies;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.streams.reputation.HeardReports;
import io.mailstream.streams.reputation.StreamId;
import io.mailstream.streams.reputation.StreamReports;
import io.mailstream.v1.Lane;
import io.mailstream.v1.StreamActivity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** One task of this step over in-memory stores, which outlive the processor as changelogs do. */
final class HoldTask {

  /** What people want of the streams. */
  final Map<StreamId, StreamReports.Order> orders = new HashMap<>();

  /** How fast accounts take mail; others: as fast as it comes. */
  final Map<String, Double> rates = new HashMap<>();

  private final HoldSupplier supplier;
  private final HoldMetrics.Task ignored = new HoldMetrics(new SimpleMeterRegistry()).add();
  private final CountingStore held;
  private final KeyValueStore<Bytes, byte[]> state;
  private MockProcessorContext<String, SpecificRecord> context;
  private Processor<String, SpecificRecord, String, SpecificRecord> processor;

  HoldTask(Policies policies, ReleaseCheck check, int partitions, long now) {
    this(
        policies,
        check,
        partitions,
        now,
        Stores.inMemoryKeyValueStore(HoldStores.HELD).get(),
        new MockProcessorContext<>());
  }

  /** A task whose mail is held in another kind of store. */
  HoldTask(
      Policies policies,
      ReleaseCheck check,
      int partitions,
      long now,
      KeyValueStore<Bytes, byte[]> held,
      MockProcessorContext<String, SpecificRecord> context) {
    ReleaseCheck.Factory factory =
        new ReleaseCheck.Factory() {
          @Override
          public ReleaseCheck create(
              ProcessorContext<String, SpecificRecord> context,
              ReleaseCheck.ParkedAccounts parked) {
            return check;
          }

          @Override
          public Set<StoreBuilder<?>> stores() {
            return Set.of();
          }
        };
    supplier =
        new HoldSupplier(
            new HoldSupplier.Settings(
                "transactional",
                "bulk",
                "results",
                policies,
                (account, at) -> rates.getOrDefault(account, Double.POSITIVE_INFINITY),
                factory,
                partitions,
                new SimpleMeterRegistry(),
                7,
                new Orders(),
                "activity",
                Tracing.OFF));
    this.context = context;
    this.held = new CountingStore(held);
    state = Stores.inMemoryKeyValueStore(HoldStores.STATE).get();
    held.init(context.getStateStoreContext(), this.held);
    state.init(context.getStateStoreContext(), state);
    start(now);
  }

  /** The orders, and no word of other partitions. */
  private final class Orders extends HeardReports {
    @Override
    protected Collection<StreamActivity> of(StreamId stream) {
      return List.of();
    }

    @Override
    public Collection<StreamId> streams() {
      return List.of();
    }

    @Override
    public Collection<Order> orders() {
      return orders.values();
    }
  }

  /** The task moves to another instance: what is in memory is lost, what is in stores is not. */
  void restart(long now) {
    processor.close();
    start(now);
  }

  void send(SpecificRecord value, long now) {
    context.setCurrentSystemTimeMs(now);
    processor.process(new Record<>(Mail.key(value), value, now));
  }

  void tick(long now) {
    context.setCurrentSystemTimeMs(now);
    context.scheduledPunctuators().stream()
        .filter(punctuator -> !punctuator.cancelled())
        .map(CapturedPunctuator::getPunctuator)
        .forEach(punctuator -> punctuator.punctuate(now));
  }

  /** What has been forwarded since this was last asked. */
  List<SpecificRecord> taken() {
    List<SpecificRecord> taken =
        context.forwarded().stream().<SpecificRecord>map(f -> f.record().value()).toList();
    context.resetForwards();
    return taken;
  }

  /** How many are held, by the step's own count. */
  long heldCount() {
    HoldTotals totals = new HoldTotals(new HoldState(state).totals(), ignored);
    long count = 0;
    for (HoldReason reason : HoldReason.values()) {
      for (Lane lane : Lane.values()) {
        count += totals.count(reason, lane);
      }
    }
    return count;
  }

  /** How many keys the hold store has. */
  long heldKeys() {
    return held.approximateNumEntries();
  }

  CountingStore store() {
    return held;
  }

  void close() {
    processor.close();
    held.close();
  }

  private void start(long now) {
    context = new MockProcessorContext<>();
    context.setCurrentSystemTimeMs(now);
    context.addStateStore(held);
    context.addStateStore(state);
    processor = supplier.get();
    processor.init(context);
  }
}

package io.mailstream.streams.deduplicate;

import io.mailstream.policy.Deduplication;
import io.mailstream.store.DeduplicationEntry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The step that lets each delivery pass once: a repeat within the window ends as DUPLICATE and
 * names the first request. It also keeps what the ESPs said of each delivery, so that an uncertain
 * one that comes back can be settled at once.
 */
public final class DeduplicateStep
    implements ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> {

  private final Buckets buckets;
  private final StoreBuilder<WindowStore<String, DeduplicationEntry>> store;
  private final Outputs outputs;
  private final MeterRegistry meters;

  /**
   * The step.
   *
   * @param deduplication the window
   * @param outputs where records go
   * @param meters where it counts what it does
   */
  public DeduplicateStep(Deduplication deduplication, Outputs outputs, MeterRegistry meters) {
    this.buckets = new Buckets(deduplication);
    this.store = DeduplicationStore.builder(buckets);
    this.outputs = outputs;
    this.meters = meters;
  }

  @Override
  public Processor<String, SpecificRecord, String, SpecificRecord> get() {
    return new DeduplicateProcessor(buckets, outputs, meters);
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(store);
  }

  /**
   * The names of the children.
   *
   * @param next what goes on
   * @param results the results of what ends here
   */
  public record Outputs(String next, String results) {}
}

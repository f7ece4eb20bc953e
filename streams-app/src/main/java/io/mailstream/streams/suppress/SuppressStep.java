package io.mailstream.streams.suppress;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.store.SuppressionState;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The step that keeps mail from suppressed addresses, and keeps the list: a delivery goes on or
 * ends as REJECTED, an event changes the list and goes on, a command changes the list and ends
 * here. Every change, and every command, writes the address's new {@code Suppression}.
 */
public final class SuppressStep
    implements ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> {

  private final StoreBuilder<KeyValueStore<String, SuppressionState>> store;
  private final SuppressionRules rules;
  private final RecipientHash hash;
  private final Outputs outputs;
  private final MeterRegistry meters;

  /**
   * The step.
   *
   * @param store the store's builder: the same instance for every step that reads it
   * @param rules how far entries reach and how long they last
   * @param hash what stands for addresses in the list
   * @param outputs where records go
   * @param meters where it counts what it does
   */
  public SuppressStep(
      StoreBuilder<KeyValueStore<String, SuppressionState>> store,
      SuppressionRules rules,
      RecipientHash hash,
      Outputs outputs,
      MeterRegistry meters) {
    this.store = store;
    this.rules = rules;
    this.hash = hash;
    this.outputs = outputs;
    this.meters = meters;
  }

  @Override
  public Processor<String, SpecificRecord, String, SpecificRecord> get() {
    return new SuppressProcessor(rules, hash, outputs, meters);
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
   * @param suppressions the public change log of the list; takes {@link PlacedKey}s
   */
  public record Outputs(String next, String results, String suppressions) {}
}

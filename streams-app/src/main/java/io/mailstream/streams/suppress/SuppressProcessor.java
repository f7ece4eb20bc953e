package io.mailstream.streams.suppress;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.result.Results;
import io.mailstream.streams.suppress.SuppressionUpdate.Outcome;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionEntry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Reads and writes the store around {@link SuppressionDecision} and {@link SuppressionUpdate}. */
final class SuppressProcessor implements Processor<String, SpecificRecord, String, SpecificRecord> {

  private final SuppressionRules rules;
  private final SuppressStep.Outputs outputs;
  private final SuppressMeters meters;

  private ProcessorContext<String, SpecificRecord> context;
  private KeyValueStore<String, SuppressionState> store;

  SuppressProcessor(SuppressionRules rules, SuppressStep.Outputs outputs, MeterRegistry registry) {
    this.rules = rules;
    this.outputs = outputs;
    this.meters = new SuppressMeters(registry);
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    this.store = context.getStateStore(SuppressionStore.NAME);
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    switch (record.value()) {
      case Delivery delivery -> deliver(record, delivery);
      case FeedbackEvent event -> learn(record, event);
      case SuppressionCommand command -> obey(record, command);
      default -> context.forward(record, outputs.next());
    }
  }

  private void deliver(Record<String, SpecificRecord> record, Delivery delivery) {
    long now = context.currentSystemTimeMs();
    Optional<SuppressionEntry> entry =
        SuppressionDecision.find(
            store.get(record.key()), delivery.getTenant(), delivery.getStream(), now);
    if (entry.isEmpty()) {
      meters.passed();
      context.forward(record, outputs.next());
      return;
    }
    meters.suppressed(entry.get().getReason());
    context.forward(
        record.withValue(
            Results.of(
                delivery,
                ResultStatus.REJECTED,
                List.of(ReasonCode.SUPPRESSED),
                SuppressionDecision.describe(entry.get()),
                delivery.getAttempt() - 1,
                now)),
        outputs.results());
  }

  private void learn(Record<String, SpecificRecord> record, FeedbackEvent event) {
    if (SuppressionUpdate.concerns(event)) {
      long now = context.currentSystemTimeMs();
      SuppressionUpdate update = SuppressionUpdate.of(store.get(record.key()), event, rules, now);
      save(record.key(), update);
      meters.event(event.getType(), update.outcome());
      if (update.outcome() == Outcome.CHANGED) {
        publish(record, update.state(), event.getEventId(), now);
      }
    }
    context.forward(record, outputs.next());
  }

  private void obey(Record<String, SpecificRecord> record, SuppressionCommand command) {
    long now = context.currentSystemTimeMs();
    SuppressionUpdate update = SuppressionUpdate.of(store.get(record.key()), command, now);
    save(record.key(), update);
    meters.command(command.getAction(), update.outcome());
    publish(record, update.state(), command.getCommandId(), now);
  }

  private void save(String key, SuppressionUpdate update) {
    if (update.outcome().isApplied()) {
      store.put(key, update.state());
    }
  }

  private void publish(
      Record<String, SpecificRecord> record, SuppressionState state, String causedBy, long now) {
    List<SuppressionEntry> entries =
        state == null
            ? List.of()
            : state.getEntries().stream()
                .filter(entry -> SuppressionDecision.isActive(entry, now))
                .toList();
    Suppression suppression =
        Suppression.newBuilder()
            .setAddress(record.key())
            .setEntries(entries)
            .setCausedBy(causedBy)
            .setUpdatedAt(Instant.ofEpochMilli(now))
            .build();
    context.forward(record.withValue(suppression), outputs.suppressions());
  }
}

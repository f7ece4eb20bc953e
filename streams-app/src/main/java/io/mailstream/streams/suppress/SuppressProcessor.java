package io.mailstream.streams.suppress;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.schemas.RecipientHash;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Reads and writes the store around {@link SuppressionDecision} and {@link SuppressionUpdate}. */
final class SuppressProcessor implements Processor<String, SpecificRecord, String, SpecificRecord> {

  private final SuppressionRules rules;
  private final RecipientHash hash;
  private final SuppressStep.Outputs outputs;
  private final SuppressMeters meters;

  private ProcessorContext<String, SpecificRecord> context;
  private SuppressionTable table;

  SuppressProcessor(
      SuppressionRules rules,
      RecipientHash hash,
      SuppressStep.Outputs outputs,
      MeterRegistry registry) {
    this.rules = rules;
    this.hash = hash;
    this.outputs = outputs;
    this.meters = new SuppressMeters(registry);
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    this.table = new SuppressionTable(context.getStateStore(SuppressionStore.NAME), hash);
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
            table.get(record.key()), delivery.getTenant(), delivery.getStream(), now);
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
      SuppressionUpdate update =
          withoutAddresses(SuppressionUpdate.of(table.get(record.key()), event, rules, now));
      List<String> left = save(record.key(), update);
      meters.event(event.getType(), update.outcome());
      if (update.outcome() == Outcome.CHANGED) {
        publish(record, update.state(), event.getEventId(), now);
      }
      retract(record, left);
    }
    context.forward(record, outputs.next());
  }

  private void obey(Record<String, SpecificRecord> record, SuppressionCommand command) {
    long now = context.currentSystemTimeMs();
    SuppressionUpdate update =
        withoutAddresses(SuppressionUpdate.of(table.get(record.key()), command, now));
    List<String> left = save(record.key(), update);
    meters.command(command.getAction(), update.outcome());
    publish(record, update.state(), command.getCommandId(), now);
    if (update.outcome().isApplied() && update.state() == null) {
      left = new ArrayList<>(left);
      left.add(hash.current(record.key()));
    }
    retract(record, left);
  }

  private SuppressionUpdate withoutAddresses(SuppressionUpdate update) {
    return hash.writesHashes() && update.outcome().isApplied() ? update.withoutAddresses() : update;
  }

  private List<String> save(String key, SuppressionUpdate update) {
    return update.outcome().isApplied() ? table.put(key, update.state()) : List.of();
  }

  private void publish(
      Record<String, SpecificRecord> record, SuppressionState state, String causedBy, long now) {
    List<SuppressionEntry> entries =
        state == null
            ? List.of()
            : state.getEntries().stream()
                .filter(entry -> SuppressionDecision.isActive(entry, now))
                .toList();
    String key = hash.current(record.key());
    Suppression suppression =
        Suppression.newBuilder()
            .setAddress(key)
            .setEntries(entries)
            .setCausedBy(causedBy)
            .setUpdatedAt(Instant.ofEpochMilli(now))
            .build();
    context.forward(record.withKey(placed(key)).withValue(suppression), outputs.suppressions());
  }

  /** Takes keys off the public list: what they stood for is under another, or gone. */
  private void retract(Record<String, SpecificRecord> record, List<String> keys) {
    for (String key : keys) {
      context.forward(
          record.withKey(placed(key)).<SpecificRecord>withValue(null), outputs.suppressions());
    }
  }

  private String placed(String key) {
    return PlacedKey.of(context.taskId().partition(), key);
  }
}

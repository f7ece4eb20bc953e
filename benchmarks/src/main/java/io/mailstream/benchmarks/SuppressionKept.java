package io.mailstream.benchmarks;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.suppress.SuppressStep;
import io.mailstream.streams.suppress.SuppressionStore;
import io.mailstream.streams.suppress.SuppressionTable;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.apache.kafka.streams.state.KeyValueStore;

/** The suppression list, of which single addresses are looked up: most of them are not on it. */
final class SuppressionKept extends KeptStep {

  SuppressionKept(StepTask.Disk disk, int entries) {
    super(
        disk,
        entries,
        new SuppressStep(
            SuppressionStore.builder(),
            SuppressionRules.usual(),
            RecipientHash.NONE,
            new SuppressStep.Outputs("next", "results", "suppressions"),
            new SimpleMeterRegistry()),
        List.of("next", "results", "suppressions"));
    SuppressionState state = state();
    fill(number -> store().put(SuppressionList.address(number), state));
  }

  private KeyValueStore<String, SuppressionState> store() {
    return task.context().getStateStore(SuppressionStore.NAME);
  }

  /** What is known of an address after one hard bounce. */
  static SuppressionState state() {
    return SuppressionState.newBuilder()
        .setEntries(
            List.of(
                SuppressionEntry.newBuilder()
                    .setReason(SuppressionReason.HARD_BOUNCE)
                    .setSourceEventId("event-1")
                    .setCreatedAt(Instant.ofEpochMilli(START))
                    .build()))
        .setApplied(List.of(1L))
        .build();
  }

  @Override
  List<Contender> contenders() {
    return List.of(
        contender("is not on a list of %,d".formatted(entries()), this::missing),
        contender("is on a list of %,d".formatted(entries()), this::listed));
  }

  private void missing(int messages, int round) {
    Random random = new Random(round);
    SuppressionTable table = new SuppressionTable(store(), RecipientHash.NONE);
    for (int i = 0; i < messages; i++) {
      check(table.get(SuppressionList.neighbour(random.nextInt(entries()))) == null);
    }
  }

  private void listed(int messages, int round) {
    Random random = new Random(round);
    SuppressionTable table = new SuppressionTable(store(), RecipientHash.NONE);
    for (int i = 0; i < messages; i++) {
      check(table.get(SuppressionList.address(random.nextInt(entries()))) != null);
    }
  }

  private static void check(boolean asExpected) {
    if (!asExpected) {
      throw new IllegalStateException("the list is not what it was filled with");
    }
  }
}

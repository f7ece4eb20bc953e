package io.mailstream.benchmarks;

import io.mailstream.policy.Deduplication;
import io.mailstream.schemas.DeliveryId;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.store.DeduplicationEntry;
import io.mailstream.streams.deduplicate.DeduplicateStep;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.RecordOrigin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.streams.state.WindowStore;

/** Deduplication over a day, with deliveries seen. */
final class DeduplicationKept extends KeptStep {

  private static final String STORE = "deliveries-seen";
  private static final int BODY_BYTES = 200;

  DeduplicationKept(StepTask.Disk disk, int entries) {
    super(
        disk,
        entries,
        new DeduplicateStep(
            new Deduplication(Duration.ofDays(1), 2),
            new DeduplicateStep.Outputs("next", "results"),
            new SimpleMeterRegistry()),
        List.of("next", "results"));
    fill(this::see);
  }

  private void see(int number) {
    WindowStore<String, DeduplicationEntry> store = task.context().getStateStore(STORE);
    String key = "seen-" + number;
    store.put(
        DeliveryId.of(Mails.TENANT, key, key),
        new DeduplicationEntry(
            key,
            new RecordOrigin("mail.requests.bulk", 0, (long) number),
            Instant.ofEpochMilli(START),
            null,
            null),
        START);
  }

  @Override
  List<Contender> contenders() {
    return List.of(
        contender(
            "deduplicate a new delivery, %,d seen".formatted(entries()),
            (messages, round) -> {
              Mails mails = new Mails("r" + round, BODY_BYTES);
              for (int i = 0; i < messages; i++) {
                Delivery delivery = mails.delivery(i);
                task.process(RecipientKey.of(mails.address(i)), delivery);
              }
            }));
  }
}

package io.mailstream.benchmarks;

import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.streams.hold.HoldSupplier;
import io.mailstream.streams.hold.ReleaseCheck;
import io.mailstream.streams.reputation.StreamReports;
import io.mailstream.streams.throttle.AccountRates;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The hold queue, with mail that waits for an account that takes none. A round holds more behind
 * it, lets the account take mail again, and releases as much: what is kept stays the same.
 */
final class HoldKept extends KeptStep {

  private static final int BODY_BYTES = 2_000;
  private static final long PARKED = Duration.ofHours(1).toMillis();
  private static final long TICK = 20;
  private static final String POLICIES =
      """
      accounts: {main: {provider: ses}}
      tenants: {bench: {from_domains: [sender.example], streams: {mail: {}}}}
      """;

  private final Mails kept = new Mails("kept", BODY_BYTES);
  private int parked;

  HoldKept(StepTask.Disk disk, int entries) {
    super(
        disk,
        entries,
        new HoldSupplier(
            new HoldSupplier.Settings(
                "dispatch",
                "dispatch",
                "results",
                PolicyLoader.load(POLICIES),
                AccountRates.UNKNOWN,
                new Unchanged(),
                1,
                new SimpleMeterRegistry(),
                1,
                StreamReports.NONE,
                "activity",
                Tracing.OFF)),
        List.of("dispatch", "results", "activity"));
    task.run(this::park);
    fill(number -> hold(kept, number));
  }

  /** The sender hands a mail back: its account takes none for an hour. */
  private void park() {
    Delivery delivery = new Mails("parked", BODY_BYTES).delivery(parked++);
    task.process(
        RecipientKey.of(delivery.getRecipient().getAddress()),
        Deferral.newBuilder()
            .setDelivery(delivery)
            .setReason(DeferralReason.ACCOUNT_PARKED)
            .setNotBefore(Instant.ofEpochMilli(task.now() + PARKED))
            .setReasonCode(ReasonCode.ESP_THROTTLED)
            .setDetail("the ESP said so")
            .setDeferredAt(Instant.ofEpochMilli(task.now()))
            .build());
  }

  private void hold(Mails mails, int number) {
    task.process(RecipientKey.of(mails.address(number)), mails.delivery(number));
  }

  @Override
  List<Contender> contenders() {
    return List.of(
        contender(
            "hold and release, %,d held".formatted(entries()),
            (messages, round) -> {
              park();
              long before = task.forwarded();
              Mails mails = new Mails("r" + round, BODY_BYTES);
              for (int i = 0; i < messages; i++) {
                hold(mails, i);
              }
              if (task.forwarded() != before) {
                throw new IllegalStateException("mail was not held");
              }
              task.advance(PARKED);
              while (task.forwarded() - before < messages) {
                task.advance(TICK);
                task.tick();
              }
            }));
  }

  /** Nothing has changed when mail is released. */
  private static final class Unchanged implements ReleaseCheck.Factory {
    @Override
    public ReleaseCheck create(
        ProcessorContext<String, SpecificRecord> context, ReleaseCheck.ParkedAccounts parked) {
      return (delivery, now) -> new ReleaseCheck.Verdict.Go(delivery);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      return Set.of();
    }
  }
}

package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** The last gate: suppressions that are committed when the mail lies in the dispatch topic. */
class Promise4SuppressedGetsNoMailIT {

  private static final Duration T = Duration.ofMillis(1_000);
  private static final Map<String, String> ONE_BY_ONE =
      Map.of(SenderConfig.OPEN_SENDS, "1", SenderConfig.GATE_MAX_AGE, String.valueOf(T.toMillis()));

  @Test
  void noCallStartsLaterThanTAfterTheSuppressionIsCommitted() {
    try (SenderRig rig = new SenderRig()) {
      CountDownLatch hold = new CountDownLatch(1);
      rig.provider.answers(delivery -> {
        SenderRig.await(hold);
        return new SendOutcome.Accepted("m");
      });
      Delivery first = rig.delivery(Lane.TRANSACTIONAL, "first@example.com");
      Delivery suppressed = rig.delivery(Lane.BULK, "jane@example.com");
      Delivery otherStream = rig.delivery(Lane.BULK, "john@example.com");
      Delivery expired = rig.delivery(Lane.BULK, "jill@example.com");
      rig.dispatch(List.of(first));
      rig.start("a", Checkpoints.NONE, ONE_BY_ONE);
      SenderRig.await("the first call", () -> rig.provider.calls().size() == 1);
      rig.dispatch(List.of(suppressed, otherStream, expired));

      Instant past = Instant.now().minusSeconds(60);
      suppress(rig, "jane@example.com", "shop", null, null);
      suppress(rig, "john@example.com", "shop", "another-stream", null);
      suppress(rig, "jill@example.com", null, null, past);
      long committed = System.nanoTime();
      SenderRig.await("T to pass", () -> System.nanoTime() - committed > T.toNanos());
      hold.countDown();

      SenderRig.await("4 results", () -> rig.results().size() >= 4);
      SendResult result = result(rig, suppressed);
      assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
      assertThat(result.getReasons()).containsExactly(ReasonCode.SUPPRESSED);
      assertThat(result.getAttempts()).isZero();
      assertThat(result.getDetail()).contains("event-1").doesNotContain("jane");
      assertThat(rig.provider.calls(suppressed.getDeliveryId())).isZero();
      assertThat(result(rig, otherStream).getStatus()).isEqualTo(ResultStatus.SENT);
      assertThat(result(rig, expired).getStatus()).isEqualTo(ResultStatus.SENT);
    }
  }

  @Test
  void aSuppressionFromBeforeThisInstanceIsSeenToo() {
    try (SenderRig rig = new SenderRig()) {
      Delivery suppressed = rig.delivery(Lane.BULK, "jane@example.com");
      Delivery lifted = rig.delivery(Lane.BULK, "john@example.com");
      rig.dispatch(List.of(suppressed, lifted));
      suppress(rig, "jane@example.com", null, null, null);
      suppress(rig, "john@example.com", null, null, null);
      rig.produce(rig.topics.suppressions(), "john@example.com", record("john@example.com"));

      rig.start("a");

      SenderRig.await("2 results", () -> rig.results().size() >= 2);
      assertThat(result(rig, suppressed).getStatus()).isEqualTo(ResultStatus.REJECTED);
      assertThat(result(rig, lifted).getStatus()).isEqualTo(ResultStatus.SENT);
    }
  }

  @Test
  void whatCannotBeCheckedWaits() {
    AtomicBoolean deaf = new AtomicBoolean();
    try (SenderRig rig =
        new SenderRig()
            .tailConsumers(settings ->
                new KafkaConsumer<>(settings) {
                  @Override
                  public Map<TopicPartition, Long> endOffsets(
                      Collection<TopicPartition> partitions, Duration timeout) {
                    if (deaf.get()) {
                      throw new TimeoutException("nobody answers");
                    }
                    return super.endOffsets(partitions, timeout);
                  }
                })) {
      SenderRole sender =
          rig.start(
              "a",
              Checkpoints.NONE,
              Map.of(SenderConfig.GATE_MAX_AGE, String.valueOf(T.toMillis())));
      rig.dispatch(4);
      SenderRig.await("4 results", () -> rig.results().size() >= 4);

      deaf.set(true);
      long since = System.nanoTime();
      SenderRig.await("T to pass", () -> System.nanoTime() - since > T.toNanos());
      SenderRig.await(
          "readiness to say so",
          () -> SenderRig.unready(sender).contains("the suppressions cannot be read"));
      Delivery waiting = rig.delivery(Lane.TRANSACTIONAL, "jane@example.com");
      rig.dispatch(List.of(waiting));
      suppress(rig, "jane@example.com", null, null, null);
      long dispatched = System.nanoTime();
      SenderRig.await("a while", () -> System.nanoTime() - dispatched > 2 * T.toNanos());
      assertThat(rig.provider.calls()).hasSize(4);

      deaf.set(false);
      SenderRig.await("the last result", () -> rig.results().size() >= 5);
      assertThat(result(rig, waiting).getStatus()).isEqualTo(ResultStatus.REJECTED);
      SenderRig.await("ready again", () -> SenderRig.unready(sender).isEmpty());
    }
  }

  private static SendResult result(SenderRig rig, Delivery delivery) {
    return rig.results().stream()
        .filter(result -> result.getDeliveryId().equals(delivery.getDeliveryId()))
        .findFirst()
        .orElseThrow();
  }

  private static void suppress(
      SenderRig rig, String address, String tenant, String stream, Instant expires) {
    rig.produce(
        rig.topics.suppressions(),
        address,
        record(
            address,
            SuppressionEntry.newBuilder()
                .setTenant(tenant)
                .setStream(stream)
                .setReason(SuppressionReason.HARD_BOUNCE)
                .setSourceEventId("event-1")
                .setCreatedAt(Instant.now())
                .setExpiresAt(Optional.ofNullable(expires).orElse(null))
                .build()));
  }

  private static Suppression record(String address, SuppressionEntry... entries) {
    return Suppression.newBuilder()
        .setAddress(address)
        .setEntries(List.of(entries))
        .setCausedBy("event-1")
        .setUpdatedAt(Instant.now())
        .build();
  }
}

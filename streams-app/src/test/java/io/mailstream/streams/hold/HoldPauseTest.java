package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Policies;
import io.mailstream.schemas.DeliveryId;
import io.mailstream.streams.reputation.StreamId;
import io.mailstream.streams.reputation.StreamReports;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.StreamActivity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The mail of a paused stream waits, in order, and nobody else's does. */
class HoldPauseTest {

  private static final StreamId NEWS = new StreamId("acme", "news");
  private static final long SECOND = 1_000;

  private final Policies policies = Mail.policies(Map.of(), Duration.ZERO);
  private final HoldTask task =
      new HoldTask(policies, (delivery, now) -> new ReleaseCheck.Verdict.Go(delivery), 1, now());

  private long now = Mail.START;

  @Test
  void aStreamIsHeldWhileOthersGo() {
    order(true, Long.MAX_VALUE);
    send("n1", "news");
    send("d1", "digest");
    send("n2", "news");
    assertThat(sent()).containsExactly("d1");

    task.restart(now);
    tick();
    assertThat(sent()).as("a pause outlives its process").isEmpty();

    now += SECOND;
    order(false, 0);
    send("n3", "news");
    tick();
    assertThat(sent()).containsExactly("n1", "n2", "n3");
  }

  @Test
  void aPauseEndsByItsTime() {
    order(true, now + 10 * SECOND);
    send("n1", "news");
    tick();
    assertThat(sent()).isEmpty();
    now += 11 * SECOND;
    tick();
    assertThat(sent()).containsExactly("n1");
  }

  @Test
  void whatEndsInAPauseSaysSo() {
    order(true, Long.MAX_VALUE);
    Delivery cancelled = Mail.delivery("n1", "acme", "news", Lane.BULK);
    cancelled.setDeliveryId(DeliveryId.of("acme", "key-n1", "n1@example.com"));
    task.send(cancelled, now);
    Delivery expiring = Mail.delivery("n2", "acme", "news", Lane.BULK);
    expiring.setExpiresAt(Instant.ofEpochMilli(now + 5 * SECOND));
    task.send(expiring, now);
    task.send(
        new Cancellation("acme", "key-n1", "n1@example.com", null, Instant.ofEpochMilli(now)), now);
    now += 10 * SECOND;
    order(false, 0);

    assertThat(task.taken())
        .filteredOn(SendResult.class::isInstance)
        .extracting(SendResult.class::cast)
        .allMatch(result -> result.getReasons().getLast() == ReasonCode.STREAM_PAUSED)
        .allMatch(result -> result.getDetail().contains("paused: under review"))
        .extracting(SendResult::getStatus)
        .containsExactly(ResultStatus.CANCELLED, ResultStatus.EXPIRED);
  }

  private long now() {
    return Mail.START;
  }

  private void order(boolean pause, long until) {
    task.orders.put(
        NEWS, new StreamReports.Order(NEWS, pause, until, now, "under review", Optional.of("ops")));
    tick();
  }

  private void tick() {
    now += SECOND;
    task.tick(now);
    task.tick(now + 20);
  }

  private void send(String key, String stream) {
    task.send(Mail.delivery(key, "acme", stream, Lane.BULK), now);
  }

  private List<String> sent() {
    return task.taken().stream()
        .filter(record -> !(record instanceof StreamActivity))
        .map(record -> ((Delivery) record).getDeliveryId())
        .toList();
  }
}

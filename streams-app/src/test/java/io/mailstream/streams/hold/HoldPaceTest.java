package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An account that its senders have slowed gets no more than they say; the rest waits here. */
class HoldPaceTest {

  private static final long TICK = 20;
  private static final int MANY = 200;

  private final Policies policies =
      Mail.policies(Map.of("main", new Limit(1_000, 1_000)), Duration.ZERO);
  private final HoldTask task =
      new HoldTask(
          policies, (delivery, at) -> new ReleaseCheck.Verdict.Go(delivery), 1, Mail.START);
  private long now = Mail.START;

  @Test
  void asMuchPassesAsTheSendersSay() {
    task.rates.put("main", 10.0);
    send("slow", "main");
    assertThat(pass(Duration.ofSeconds(10))).isBetween(90, 110);

    task.rates.put("main", 30.0);
    assertThat(pass(Duration.ofSeconds(2))).as("faster, as soon as they say").isBetween(50, 75);

    task.rates.remove("main");
    assertThat(pass(Duration.ofSeconds(2))).as("the rest").isBetween(20, 60);
    assertThat(pass(Duration.ofSeconds(2))).isZero();
  }

  @Test
  void anotherAccountIsNotSlowed() {
    task.rates.put("main", 1.0);
    send("slow", "main");
    task.taken();
    send("quick", "spare");
    assertThat(task.taken()).hasSize(MANY);
  }

  @Test
  void theLimitHoldsHoweverFastTheySayItIs() {
    HoldTask limited =
        new HoldTask(
            Mail.policies(Map.of("main", new Limit(5, 1)), Duration.ZERO),
            (delivery, at) -> new ReleaseCheck.Verdict.Go(delivery),
            1,
            now);
    limited.rates.put("main", 1_000.0);
    for (int i = 0; i < MANY; i++) {
      limited.send(Mail.bulk("m" + i), now);
    }
    int passed = limited.taken().size();
    for (long end = now + 4_000; now < end; now += TICK) {
      limited.tick(now);
      passed += limited.taken().size();
    }
    assertThat(passed).isBetween(18, 21);
  }

  @Test
  void itStaysSlowWhenItsTaskMovesOn() {
    task.rates.put("main", 0.5);
    send("slow", "main");
    task.taken();
    for (int i = 0; i < 5; i++) {
      task.restart(now);
      assertThat(pass(Duration.ofMillis(100))).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void whatIsHeldForItIsInOrder() {
    task.rates.put("main", 20.0);
    send("slow", "main");
    List<String> ids = new ArrayList<>();
    for (long end = now + 3_000; now < end; now += TICK) {
      task.tick(now);
      task.taken().forEach(taken -> ids.add(((Delivery) taken).getDeliveryId()));
    }
    assertThat(ids).hasSizeGreaterThan(40).isSorted();
  }

  private void send(String prefix, String account) {
    for (int i = 0; i < MANY; i++) {
      Delivery delivery = Mail.delivery("%s-%03d".formatted(prefix, i), "acme", "news", Lane.BULK);
      delivery.setAccount(account);
      task.send(delivery, now);
    }
  }

  private int pass(Duration time) {
    task.taken();
    int passed = 0;
    for (long end = now + time.toMillis(); now < end; now += TICK) {
      task.tick(now);
      passed += task.taken().size();
    }
    return passed;
  }
}

package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.streams.throttle.Flow;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What waits for an account that takes no mail goes by another that does, and nothing else does.
 */
class HoldFailoverTest {

  private static final long LATER = Mail.START + 300_000;

  @TempDir Path stateDir;
  private final Set<String> closed = new HashSet<>();
  private final Set<String> noWayRound = new HashSet<>();
  private HoldDriver driver;

  private void start(Map<String, Limit> limits) {
    driver =
        new HoldDriver(
            Mail.policies(limits, Duration.ofMinutes(10)), new ByOpen(), stateDir, Mail.START);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  /** Main, unless it is closed and the spare is not. */
  private final class ByOpen implements ReleaseCheck {

    @Override
    public Verdict check(Delivery delivery, long now) {
      delivery.setAccount(closed.contains("main") && !closed.contains("spare") ? "spare" : "main");
      return new Verdict.Go(delivery);
    }

    @Override
    public boolean isOpenElsewhere(Flow flow, Lane lane, long now) {
      return closed.contains(flow.account())
          && closed.size() < 2
          && !noWayRound.contains(flow.tenant());
    }
  }

  @Test
  void what_was_not_started_goes_by_the_other_account_at_once_as_the_same_attempt() {
    start(Map.of());
    closed.add("main");
    defer("a", 2, DeferralReason.NOT_STARTED);

    List<Delivery> gone = driver.dispatchedBulk();
    assertThat(gone).extracting(Delivery::getAccount).containsExactly("spare");
    assertThat(gone).extracting(Delivery::getAttempt).containsExactly(2);
    assertThat(driver.held(HoldReason.RETRY, "bulk")).isZero();
  }

  @Test
  void all_that_waits_for_a_parked_account_leaves_it_in_order() {
    start(Map.of("main", new Limit(0.001, 1)));
    driver.send(Mail.bulk("first"));
    IntStream.range(0, 5).forEach(i -> driver.send(Mail.bulk("waits-" + i)));
    assertThat(driver.bulkIds()).containsExactly("first");

    closed.add("main");
    defer("parked", 1, DeferralReason.ACCOUNT_PARKED);
    driver.pass(Duration.ofMillis(400));

    List<Delivery> gone = driver.dispatchedBulk();
    assertThat(gone)
        .extracting(Delivery::getDeliveryId)
        .containsExactly("parked", "waits-0", "waits-1", "waits-2", "waits-3", "waits-4");
    assertThat(gone).extracting(Delivery::getAccount).containsOnly("spare");
    assertThat(driver.held(HoldReason.OVER_LIMIT, "bulk")).isZero();
    assertThat(driver.held(HoldReason.ACCOUNT_PARKED, "bulk")).isZero();
  }

  @Test
  void a_flow_that_has_no_way_round_keeps_nobody_behind_it() {
    start(Map.of());
    noWayRound.add("zeta");
    closed.add("main");
    closed.add("spare");
    defer("parked", 1, DeferralReason.ACCOUNT_PARKED);
    driver.send(Mail.delivery("stays", "zeta", "news", Lane.BULK));
    driver.send(Mail.delivery("leaves", "acme", "digest", Lane.BULK));

    closed.remove("spare");
    driver.pass(Duration.ofSeconds(1));
    assertThat(driver.bulkIds()).containsExactly("parked", "leaves");
    assertThat(driver.held(HoldReason.ACCOUNT_PARKED, "bulk")).isEqualTo(1);
  }

  @Test
  void the_limit_of_the_other_account_holds() {
    start(Map.of("spare", new Limit(10, 10)));
    closed.add("main");
    closed.add("spare");
    defer("parked", 1, DeferralReason.ACCOUNT_PARKED);
    IntStream.range(0, 30).forEach(i -> driver.send(Mail.bulk("waits-" + i)));
    driver.pass(Duration.ofSeconds(1));
    assertThat(driver.bulkIds()).isEmpty();

    closed.remove("spare");
    driver.pass(Duration.ofMillis(200));
    assertThat(driver.bulkIds()).hasSizeBetween(8, 12);
    driver.pass(Duration.ofSeconds(3));
    assertThat(driver.bulkIds()).hasSizeBetween(19, 23);
    assertThat(driver.held(HoldReason.OVER_LIMIT, "bulk")).isZero();
  }

  @Test
  void where_no_other_takes_mail_it_waits_for_its_own() {
    start(Map.of());
    closed.add("main");
    closed.add("spare");
    defer("a", 1, DeferralReason.ACCOUNT_PARKED);
    driver.send(Mail.bulk("b"));
    driver.jump(Duration.ofMillis(299_900));
    assertThat(driver.bulkIds()).isEmpty();

    closed.clear();
    driver.pass(Duration.ofMillis(200));
    assertThat(driver.dispatchedBulk()).extracting(Delivery::getAccount).containsOnly("main");
  }

  @Test
  void an_uncertain_send_never_goes_elsewhere_on_its_own() {
    start(Map.of());
    closed.add("main");
    defer("a", 1, DeferralReason.UNCERTAIN);
    driver.pass(Duration.ofSeconds(5));

    assertThat(driver.bulkIds()).isEmpty();
    driver.send(Mail.event("a", FeedbackType.DELIVERED, driver.now()));
    assertThat(driver.results())
        .extracting(SendResult::getStatus)
        .containsExactly(ResultStatus.SENT);
  }

  @Test
  void a_failed_attempt_waits_for_its_backoff_and_then_goes_elsewhere() {
    start(Map.of());
    closed.add("main");
    Delivery delivery = Mail.bulk("a");
    driver.send(Mail.deferral(delivery, DeferralReason.RETRY, null, driver.now()));
    driver.pass(Duration.ofSeconds(2));
    assertThat(driver.bulkIds()).isEmpty();

    driver.jump(Duration.ofSeconds(20));
    driver.pass(Duration.ofMillis(100));
    assertThat(driver.dispatchedBulk()).extracting(Delivery::getAccount).containsExactly("spare");
  }

  private void defer(String id, int attempt, DeferralReason reason) {
    Delivery delivery = Mail.bulk(id);
    delivery.setAttempt(attempt);
    driver.send(Mail.deferral(delivery, reason, LATER, driver.now()));
  }
}

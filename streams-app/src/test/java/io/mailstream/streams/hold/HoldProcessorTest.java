package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.streams.hold.ReleaseCheck.Verdict;
import io.mailstream.streams.result.Results;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HoldProcessorTest {

  private static final Duration WINDOW = Duration.ofMinutes(10);

  @TempDir Path stateDir;
  private final Set<String> suppressed = new HashSet<>();
  private HoldDriver driver;

  @AfterEach
  void close() {
    if (driver != null) {
      driver.close();
    }
  }

  @Test
  void dispatches_at_once_what_no_limit_holds_back() {
    start(Map.of());
    driver.send(Mail.bulk("a"));
    driver.send(Mail.delivery("b", "acme", "reset", Lane.TRANSACTIONAL));

    List<Delivery> bulk = driver.dispatchedBulk();
    assertThat(bulk).extracting(Delivery::getDeliveryId).containsExactly("a");
    assertThat(bulk.getFirst().getDispatchedAt()).isEqualTo(Instant.ofEpochMilli(Mail.START));
    assertThat(driver.transactionalIds()).containsExactly("b");
    assertThat(heldKeys()).isZero();
  }

  @Test
  void holds_what_is_over_a_limit_and_releases_it_in_order_at_the_limit() {
    start(Map.of("acme/news", new Limit(2, 3)));
    for (int i = 0; i < 10; i++) {
      driver.send(Mail.bulk("m" + i));
    }
    // One of the three tokens is kept for the transactional lane.
    assertThat(driver.bulkIds()).containsExactly("m0", "m1");
    assertThat(driver.held(HoldReason.OVER_LIMIT, "bulk")).isEqualTo(8);

    driver.pass(Duration.ofMillis(500));
    assertThat(driver.bulkIds()).containsExactly("m2");
    driver.pass(Duration.ofSeconds(2));
    assertThat(driver.bulkIds()).containsExactly("m3", "m4", "m5", "m6");
    driver.pass(Duration.ofSeconds(10));
    assertThat(driver.bulkIds()).containsExactly("m7", "m8", "m9");
    assertThat(heldKeys()).isZero();
    assertThat(driver.held(HoldReason.OVER_LIMIT, "bulk")).isZero();
  }

  @Test
  void a_newcomer_queues_behind_what_its_scope_holds() {
    start(Map.of("acme/news", new Limit(1, 1)));
    driver.send(Mail.bulk("a"));
    driver.send(Mail.bulk("b"));
    // A token is there, but no tick has released what waits for it.
    driver.jump(Duration.ofMillis(5));
    driver.send(Mail.bulk("c"));
    driver.pass(Duration.ofSeconds(3));

    assertThat(driver.bulkIds()).containsExactly("a", "b", "c");
  }

  @Test
  void mail_of_several_streams_leaves_a_shared_limit_in_the_order_it_came() {
    start(Map.of("acme", new Limit(1, 1)));
    for (String id : List.of("n0", "n1", "d2", "n3", "d4", "d5", "n6")) {
      driver.send(Mail.delivery(id, "acme", id.startsWith("n") ? "news" : "digest", Lane.BULK));
    }
    driver.pass(Duration.ofSeconds(10));

    assertThat(driver.bulkIds()).containsExactly("n0", "n1", "d2", "n3", "d4", "d5", "n6");
  }

  @Test
  void a_slow_stream_does_not_hold_up_the_others_of_its_tenant() {
    start(Map.of("acme", new Limit(10, 1), "acme/news", new Limit(0.001, 1)));
    for (String id : List.of("n0", "n1", "n2", "d0", "d1", "d2")) {
      driver.send(Mail.delivery(id, "acme", id.startsWith("n") ? "news" : "digest", Lane.BULK));
    }
    driver.pass(Duration.ofSeconds(5));

    assertThat(driver.bulkIds()).containsExactly("n0", "d0", "d1", "d2");
    assertThat(driver.held(HoldReason.OVER_LIMIT, "bulk")).isEqualTo(2);
  }

  @Test
  void the_transactional_lane_is_released_first() {
    start(Map.of("acme", new Limit(1, 1)));
    driver.send(Mail.bulk("b0"));
    driver.send(Mail.bulk("b1"));
    driver.send(Mail.bulk("b2"));
    driver.send(Mail.delivery("t0", "acme", "reset", Lane.TRANSACTIONAL));
    driver.send(Mail.delivery("t1", "acme", "reset", Lane.TRANSACTIONAL));
    driver.pass(Duration.ofMillis(2100));

    assertThat(driver.transactionalIds()).containsExactly("t0", "t1");
    assertThat(driver.bulkIds()).containsExactly("b0");
    driver.pass(Duration.ofSeconds(2));
    assertThat(driver.bulkIds()).containsExactly("b1", "b2");
  }

  @Test
  void bulk_mail_leaves_the_reserve_to_the_transactional_lane() {
    start(Map.of("acme", new Limit(0.001, 10)));
    for (int i = 0; i < 20; i++) {
      driver.send(Mail.bulk("b" + i));
    }
    driver.send(Mail.delivery("t0", "acme", "reset", Lane.TRANSACTIONAL));
    driver.send(Mail.delivery("t1", "acme", "reset", Lane.TRANSACTIONAL));
    driver.send(Mail.delivery("t2", "acme", "reset", Lane.TRANSACTIONAL));

    assertThat(driver.bulkIds()).hasSize(8);
    assertThat(driver.transactionalIds()).containsExactly("t0", "t1");
  }

  @Test
  void holds_until_send_at() {
    start(Map.of());
    Delivery later = Mail.bulk("later");
    later.setSendAt(Instant.ofEpochMilli(Mail.START + 60_000));
    driver.send(later);
    driver.send(Mail.bulk("now"));

    assertThat(driver.bulkIds()).containsExactly("now");
    assertThat(driver.held(HoldReason.SCHEDULED, "bulk")).isEqualTo(1);
    driver.jump(Duration.ofMillis(59_900));
    assertThat(driver.bulkIds()).isEmpty();
    driver.pass(Duration.ofMillis(100));
    assertThat(driver.bulkIds()).containsExactly("later");
  }

  @Test
  void checks_again_at_release() {
    start(Map.of("acme/news", new Limit(1, 1)));
    driver.send(Mail.bulk("a"));
    Delivery expires = Mail.bulk("expires");
    expires.setExpiresAt(Instant.ofEpochMilli(Mail.START + 500));
    driver.send(expires);
    driver.send(Mail.bulk("suppressed"));
    driver.send(Mail.bulk("b"));
    suppressed.add("suppressed");
    driver.pass(Duration.ofMillis(1000));

    // Neither of the two that ended took a token from the one behind them.
    assertThat(driver.bulkIds()).containsExactly("a", "b");
    List<SendResult> results = driver.results();
    assertThat(results)
        .extracting(SendResult::getStatus)
        .containsExactly(ResultStatus.EXPIRED, ResultStatus.REJECTED);
    assertThat(results).extracting(SendResult::getAttempts).containsOnly(0);
  }

  @Test
  void mail_that_is_routed_elsewhere_at_release_is_subject_to_the_limits_there() {
    start(Map.of("main", new Limit(0.5, 1), "spare", new Limit(0.001, 1)));
    driver.send(Mail.bulk("a"));
    driver.send(Mail.bulk("to-spare-1"));
    driver.send(Mail.bulk("to-spare-2"));
    driver.send(Mail.bulk("b"));
    driver.pass(Duration.ofSeconds(2));

    List<Delivery> gone = driver.dispatchedBulk();
    assertThat(gone).extracting(Delivery::getDeliveryId).containsExactly("a", "to-spare-1", "b");
    assertThat(gone.get(1).getAccount()).isEqualTo("spare");
    assertThat(driver.held(HoldReason.OVER_LIMIT, "bulk")).isEqualTo(1);
    driver.jump(Duration.ofSeconds(2000));
    assertThat(driver.dispatchedBulk()).extracting(Delivery::getAccount).containsExactly("spare");
  }

  @Test
  void repeats_a_failed_attempt_with_backoff_until_the_policy_ends_it() {
    start(Map.of());
    defer("a", 1, DeferralReason.RETRY, null);
    driver.jump(Duration.ofMillis(7_900));
    assertThat(driver.dispatchedBulk()).isEmpty();
    driver.pass(Duration.ofMillis(4_200));
    assertThat(driver.dispatchedBulk()).extracting(Delivery::getAttempt).containsExactly(2);

    defer("a", 2, DeferralReason.RETRY, null);
    driver.jump(Duration.ofMillis(15_900));
    assertThat(driver.dispatchedBulk()).isEmpty();
    driver.pass(Duration.ofMillis(8_200));
    assertThat(driver.dispatchedBulk()).extracting(Delivery::getAttempt).containsExactly(3);

    defer("a", 3, DeferralReason.RETRY, null);
    SendResult failed = driver.results().getFirst();
    assertThat(failed.getStatus()).isEqualTo(ResultStatus.FAILED);
    assertThat(failed.getReasons())
        .containsExactly(ReasonCode.ATTEMPTS_EXHAUSTED, ReasonCode.ESP_THROTTLED);
    assertThat(failed.getAttempts()).isEqualTo(3);
    assertThat(heldKeys()).isZero();
  }

  @Test
  void honours_not_before() {
    start(Map.of());
    defer("a", 1, DeferralReason.RETRY, Mail.START + 120_000);
    driver.jump(Duration.ofMillis(119_900));
    assertThat(driver.bulkIds()).isEmpty();
    driver.pass(Duration.ofMillis(100));
    assertThat(driver.bulkIds()).containsExactly("a");
  }

  @Test
  void what_was_not_started_uses_up_no_attempt() {
    start(Map.of());
    defer("a", 2, DeferralReason.NOT_STARTED, Mail.START + 1_000);
    driver.pass(Duration.ofSeconds(1));
    assertThat(driver.dispatchedBulk()).extracting(Delivery::getAttempt).containsExactly(2);
  }

  @Test
  void a_parked_account_holds_its_mail_and_newcomers_queue_behind() {
    start(Map.of());
    defer("a", 2, DeferralReason.ACCOUNT_PARKED, Mail.START + 30_000);
    driver.send(Mail.bulk("b"));
    Delivery spare = Mail.bulk("elsewhere");
    spare.setAccount("spare");
    driver.send(spare);

    assertThat(driver.bulkIds()).containsExactly("elsewhere");
    assertThat(driver.held(HoldReason.ACCOUNT_PARKED, "bulk")).isEqualTo(2);
    driver.jump(Duration.ofMillis(29_900));
    assertThat(driver.bulkIds()).isEmpty();
    driver.pass(Duration.ofMillis(100));
    List<Delivery> released = driver.dispatchedBulk();
    assertThat(released).extracting(Delivery::getDeliveryId).containsExactly("a", "b");
    assertThat(released).extracting(Delivery::getAttempt).containsExactly(2, 1);
  }

  @Test
  void an_uncertain_delivery_is_reported_when_no_evidence_comes() {
    start(Map.of());
    defer("a", 1, DeferralReason.UNCERTAIN, null);
    driver.jump(WINDOW.minusMillis(100));
    assertThat(driver.results()).isEmpty();
    assertThat(driver.held(HoldReason.EVIDENCE, "bulk")).isEqualTo(1);
    driver.pass(Duration.ofMillis(100));

    SendResult result = driver.results().getFirst();
    assertThat(result.getStatus()).isEqualTo(ResultStatus.UNCERTAIN);
    assertThat(result.getReasons()).containsExactly(ReasonCode.OUTCOME_UNKNOWN);
    assertThat(heldKeys()).isZero();
    driver.send(Mail.event("a", FeedbackType.SENT, driver.now()));
    assertThat(driver.results()).isEmpty();
  }

  @Test
  void an_uncertain_delivery_is_sent_again_if_so_asked() {
    start(Map.of());
    Delivery delivery = Mail.bulk("a");
    delivery.setOnUncertain(OnUncertain.RESEND);
    driver.send(Mail.deferral(delivery, DeferralReason.UNCERTAIN, null, driver.now()));
    driver.jump(WINDOW.minusMillis(100));
    assertThat(driver.dispatchedBulk()).isEmpty();
    driver.pass(Duration.ofMillis(100));

    assertThat(driver.dispatchedBulk()).extracting(Delivery::getAttempt).containsExactly(2);
    assertThat(driver.results()).isEmpty();
  }

  @Test
  void mail_that_may_have_been_sent_is_never_said_to_have_been_refused() {
    start(Map.of());
    Delivery delivery = Mail.bulk("a");
    delivery.setOnUncertain(OnUncertain.RESEND);
    driver.send(Mail.deferral(delivery, DeferralReason.UNCERTAIN, null, driver.now()));
    suppressed.add("a");
    driver.jump(WINDOW);

    SendResult result = driver.results().getFirst();
    assertThat(result.getStatus()).isEqualTo(ResultStatus.UNCERTAIN);
    assertThat(result.getReasons())
        .containsExactly(ReasonCode.OUTCOME_UNKNOWN, ReasonCode.SUPPRESSED);
    assertThat(result.getAttempts()).isEqualTo(1);
  }

  @Test
  void without_an_evidence_window_an_uncertain_delivery_does_not_wait() {
    start(Mail.policies(Map.of(), Duration.ZERO));
    defer("a", 1, DeferralReason.UNCERTAIN, null);

    assertThat(driver.results())
        .extracting(SendResult::getStatus)
        .containsExactly(ResultStatus.UNCERTAIN);
  }

  @ParameterizedTest
  @EnumSource(
      value = FeedbackType.class,
      names = {"SENT", "DELIVERED", "BOUNCED", "COMPLAINED", "OPENED", "CLICKED"})
  void evidence_of_a_send_settles_at_once(FeedbackType type) {
    start(Map.of());
    defer("a", 1, DeferralReason.UNCERTAIN, null);
    driver.send(Mail.event("other", type, driver.now()));
    assertThat(driver.results()).isEmpty();
    driver.send(Mail.event("a", type, driver.now()));
    driver.send(Mail.event("a", type, driver.now()));
    driver.jump(WINDOW.multipliedBy(2));

    List<SendResult> results = driver.results();
    assertThat(results).hasSize(1);
    assertThat(results.getFirst().getStatus()).isEqualTo(ResultStatus.SENT);
    assertThat(results.getFirst().getReasons()).containsExactly(ReasonCode.EVIDENCE_OF_SEND);
    assertThat(results.getFirst().getProviderMessageId()).isEqualTo("esp-a");
    assertThat(driver.dispatchedBulk()).isEmpty();
    assertThat(heldKeys()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = FeedbackType.class,
      names = {"REJECTED", "RENDERING_FAILED"})
  void evidence_of_a_failure_settles_at_once(FeedbackType type) {
    start(Map.of());
    defer("a", 1, DeferralReason.UNCERTAIN, null);
    driver.send(Mail.event("a", type, driver.now()));

    SendResult result = driver.results().getFirst();
    assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
    assertThat(result.getReasons()).contains(ReasonCode.EVIDENCE_OF_FAILURE);
  }

  @ParameterizedTest
  @EnumSource(
      value = FeedbackType.class,
      names = {"UNKNOWN", "DELAYED", "UNSUBSCRIBED", "RESUBSCRIBED"})
  void what_is_no_evidence_settles_nothing(FeedbackType type) {
    start(Map.of());
    defer("a", 1, DeferralReason.UNCERTAIN, null);
    driver.send(Mail.event("a", type, driver.now()));

    assertThat(driver.results()).isEmpty();
    assertThat(driver.held(HoldReason.EVIDENCE, "bulk")).isEqualTo(1);
  }

  @Test
  void expiry_is_told_in_time_though_the_retry_is_later() {
    start(Map.of());
    Delivery delivery = Mail.bulk("a");
    delivery.setExpiresAt(Instant.ofEpochMilli(Mail.START + 5_000));
    driver.send(Mail.deferral(delivery, DeferralReason.RETRY, Mail.START + 60_000, driver.now()));
    driver.pass(Duration.ofMillis(5_100));

    SendResult result = driver.results().getFirst();
    assertThat(result.getStatus()).isEqualTo(ResultStatus.EXPIRED);
    assertThat(result.getAttempts()).isEqualTo(1);
  }

  @Test
  void keeps_key_and_headers_of_what_it_holds() {
    start(Map.of("acme/news", new Limit(1, 1)));
    driver.send("a@example.com", Mail.bulk("a"), "traceparent", "first");
    driver.send("b@example.com", Mail.bulk("b"), "traceparent", "second");
    driver.pass(Duration.ofSeconds(1));

    assertThat(driver.bulkRecords())
        .extracting(record -> record.key() + " " + HoldDriver.header(record, "traceparent"))
        .containsExactly("a@example.com first", "b@example.com second");
  }

  private void start(Map<String, Limit> limits) {
    start(Mail.policies(limits, WINDOW));
  }

  private void start(Policies policies) {
    driver = new HoldDriver(policies, this::check, stateDir, Mail.START);
  }

  private Verdict check(Delivery delivery, long now) {
    if (suppressed.contains(delivery.getDeliveryId())) {
      return new Verdict.End(
          Results.of(
              delivery,
              ResultStatus.REJECTED,
              List.of(ReasonCode.SUPPRESSED),
              "suppressed",
              delivery.getAttempt() - 1,
              now));
    }
    if (delivery.getDeliveryId().startsWith("to-spare")) {
      delivery.setAccount("spare");
    }
    return new Verdict.Go(delivery);
  }

  private void defer(String id, int attempt, DeferralReason reason, Long notBefore) {
    Delivery delivery = Mail.bulk(id);
    delivery.setAttempt(attempt);
    driver.send(Mail.deferral(delivery, reason, notBefore, driver.now()));
  }

  private long heldKeys() {
    long keys = 0;
    try (var all = driver.heldStore().all()) {
      while (all.hasNext()) {
        all.next();
        keys++;
      }
    }
    return keys;
  }
}

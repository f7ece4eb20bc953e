package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What waits for a point in time, what is decided again at its release, and retries. */
class HoldReleaseTest extends HoldTestCase {

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
}

package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Policies;
import io.mailstream.policy.Retry;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeferralDecisionTest {

  private static final long NOW = Mail.START + 1000;
  private static final Retry EXACT =
      new Retry(Duration.ofSeconds(10), 3, Duration.ofSeconds(60), 0, 9, Duration.ofHours(6));

  private final Policies policies = Mail.policies(Map.of(), Duration.ofMinutes(10));

  @Test
  void the_wait_grows_by_the_multiplier_up_to_the_longest() {
    Backoff backoff = new Backoff(EXACT, 1);
    assertThat(backoff.afterMillis("id", 1)).isEqualTo(10_000);
    assertThat(backoff.afterMillis("id", 2)).isEqualTo(30_000);
    assertThat(backoff.afterMillis("id", 3)).isEqualTo(60_000);
    assertThat(backoff.afterMillis("id", 1_000_000)).isEqualTo(60_000);
  }

  @Test
  void jitter_spreads_the_waits_and_is_the_same_in_a_replay() {
    Backoff backoff = new Backoff(Mail.RETRY, 42);
    long lowest = Long.MAX_VALUE;
    long highest = 0;
    for (int i = 0; i < 1000; i++) {
      long wait = backoff.afterMillis("delivery-" + i, 1);
      lowest = Math.min(lowest, wait);
      highest = Math.max(highest, wait);
      assertThat(wait).isEqualTo(new Backoff(Mail.RETRY, 42).afterMillis("delivery-" + i, 1));
    }
    assertThat(lowest).isBetween(8_000L, 8_100L);
    assertThat(highest).isBetween(9_900L, 10_000L);
    for (int i = 0; i < 1000; i++) {
      assertThat(backoff.afterMillis("delivery-" + i, 50)).isBetween(240_000L, 300_000L);
    }
    assertThat(backoff.afterMillis("a", 1))
        .isNotEqualTo(new Backoff(Mail.RETRY, 43).afterMillis("a", 1));
  }

  @Test
  void full_jitter_waits_anything_from_nothing_to_the_whole() {
    Retry full =
        new Retry(Duration.ofSeconds(10), 2, Duration.ofSeconds(40), 1, 9, Duration.ofHours(6));
    for (int attempt : new int[] {1, 2, 3, 9}) {
      long whole = Math.min(40_000, 10_000L << (attempt - 1));
      int[] quarters = new int[4];
      for (int i = 0; i < 1000; i++) {
        long wait = new Backoff(full, 42).afterMillis("delivery-" + i, attempt);
        assertThat(wait).isBetween(0L, whole);
        quarters[(int) Math.min(3, wait * 4 / whole)]++;
      }
      for (int share : quarters) {
        assertThat(share).isBetween(190, 310);
      }
    }
  }

  @Test
  void a_retry_is_the_next_attempt_after_the_backoff_or_not_before() {
    var soon = (DeferralDecision.Wait) decide(Mail.bulk("a"), DeferralReason.RETRY, NOW + 1);
    assertThat(soon.until() - NOW).isBetween(8_000L, 10_000L);
    assertThat(soon.delivery().getAttempt()).isEqualTo(2);
    var late = (DeferralDecision.Wait) decide(Mail.bulk("a"), DeferralReason.RETRY, NOW + 99_000);
    assertThat(late.until()).isEqualTo(NOW + 99_000);
  }

  @Test
  void the_last_attempt_fails_with_its_own_reason() {
    Delivery delivery = Mail.bulk("a");
    delivery.setAttempt(3);
    SendResult result = ended(decide(delivery, DeferralReason.RETRY, null));
    assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
    assertThat(result.getReasons())
        .containsExactly(ReasonCode.ATTEMPTS_EXHAUSTED, ReasonCode.ESP_THROTTLED);
    assertThat(result.getDetail()).isEqualTo("attempt 3 of 3 failed: the ESP said so");
    assertThat(result.getAttempts()).isEqualTo(3);
  }

  @Test
  void a_delivery_too_old_for_another_attempt_fails() {
    Delivery delivery = Mail.bulk("a");
    delivery.setAcceptedAt(Instant.ofEpochMilli(NOW).minus(Mail.RETRY.maxAge()));
    assertThat(ended(decide(delivery, DeferralReason.RETRY, null)).getStatus())
        .isEqualTo(ResultStatus.FAILED);
    // The time until send_at does not count.
    delivery.setSendAt(Instant.ofEpochMilli(NOW - 1000));
    assertThat(decide(delivery, DeferralReason.RETRY, null))
        .isInstanceOf(DeferralDecision.Wait.class);
  }

  @Test
  void expiry_ends_what_was_certainly_not_sent() {
    for (DeferralReason reason :
        new DeferralReason[] {
          DeferralReason.RETRY, DeferralReason.NOT_STARTED, DeferralReason.ACCOUNT_PARKED
        }) {
      Delivery delivery = Mail.bulk("a");
      delivery.setExpiresAt(Instant.ofEpochMilli(NOW - 1));
      SendResult result = ended(decide(delivery, reason, null));
      assertThat(result.getStatus()).isEqualTo(ResultStatus.EXPIRED);
      assertThat(result.getAttempts()).isEqualTo(reason == DeferralReason.RETRY ? 1 : 0);
    }
  }

  @Test
  void a_park_without_end_is_bounded() {
    var park =
        (DeferralDecision.Park)
            decide(Mail.bulk("a"), DeferralReason.ACCOUNT_PARKED, Long.MAX_VALUE / 2);
    assertThat(park.until()).isEqualTo(NOW + Mail.RETRY.maxAge().toMillis());
    assertThat(park.delivery().getAttempt()).isEqualTo(1);
  }

  @Test
  void what_stays_unknown_is_reported_or_sent_again() {
    Delivery delivery = Mail.bulk("a");
    SendResult report = ended(DeferralDecision.unresolved(delivery, Mail.RETRY, NOW));
    assertThat(report.getStatus()).isEqualTo(ResultStatus.UNCERTAIN);

    delivery.setOnUncertain(OnUncertain.RESEND);
    var resend = (DeferralDecision.Resend) DeferralDecision.unresolved(delivery, Mail.RETRY, NOW);
    assertThat(resend.delivery().getAttempt()).isEqualTo(2);
  }

  @Test
  void what_may_have_been_sent_stays_uncertain_when_it_cannot_be_sent_again() {
    Delivery last = Mail.bulk("a");
    last.setOnUncertain(OnUncertain.RESEND);
    last.setAttempt(3);
    assertThat(ended(DeferralDecision.unresolved(last, Mail.RETRY, NOW)).getReasons())
        .containsExactly(ReasonCode.OUTCOME_UNKNOWN, ReasonCode.ATTEMPTS_EXHAUSTED);
    Delivery late = Mail.bulk("b");
    late.setOnUncertain(OnUncertain.RESEND);
    late.setExpiresAt(Instant.ofEpochMilli(NOW - 1));
    SendResult result = ended(DeferralDecision.unresolved(late, Mail.RETRY, NOW));
    assertThat(result.getStatus()).isEqualTo(ResultStatus.UNCERTAIN);
    assertThat(result.getReasons()).containsExactly(ReasonCode.OUTCOME_UNKNOWN, ReasonCode.EXPIRED);
  }

  private DeferralDecision decide(Delivery delivery, DeferralReason reason, Long notBefore) {
    Deferral deferral = Mail.deferral(delivery, reason, notBefore, NOW);
    return DeferralDecision.of(deferral, policies, new Backoff(policies.retry(), 42), NOW);
  }

  private static SendResult ended(DeferralDecision decision) {
    return ((DeferralDecision.End) decision).result();
  }
}

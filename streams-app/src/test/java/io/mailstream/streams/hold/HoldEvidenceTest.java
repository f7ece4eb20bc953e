package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Uncertain deliveries wait for evidence of what became of them. */
class HoldEvidenceTest extends HoldTestCase {

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
  void that_holds_after_it_was_dispatched_again_and_handed_back_too() {
    start(Map.of());
    Delivery delivery = Mail.bulk("a");
    delivery.setOnUncertain(OnUncertain.RESEND);
    driver.send(Mail.deferral(delivery, DeferralReason.UNCERTAIN, null, driver.now()));
    driver.jump(WINDOW);
    Delivery again = driver.dispatchedBulk().getFirst();
    assertThat(again.getUncertainAttempts()).isEqualTo(1);
    driver.send(Mail.deferral(again, DeferralReason.NOT_STARTED, null, driver.now()));
    suppressed.add("a");
    driver.jump(Mail.RETRY.initial());

    SendResult result = driver.results().getFirst();
    assertThat(result.getStatus()).isEqualTo(ResultStatus.UNCERTAIN);
    assertThat(result.getReasons())
        .containsExactly(ReasonCode.OUTCOME_UNKNOWN, ReasonCode.SUPPRESSED);
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
}

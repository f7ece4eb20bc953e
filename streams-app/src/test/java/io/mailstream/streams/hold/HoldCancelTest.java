package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.mailstream.policy.Limit;
import io.mailstream.schemas.DeliveryId;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waits ends when it is taken back, wherever it waits; what goes on is not disturbed. */
class HoldCancelTest extends HoldTestCase {

  @Test
  void what_is_over_a_limit_leaves_its_queue_at_head_middle_and_end() {
    start(Map.of("acme/news", new Limit(1, 1)));
    IntStream.rangeClosed(0, 6).forEach(i -> driver.send(mail("m" + i)));
    assertThat(driver.bulkIds()).containsExactly(id("m0"));

    cancel("m1");
    cancel("m3");
    cancel("m6");
    assertCancelled("m1", "m3", "m6");
    assertThat(driver.held(HoldReason.OVER_LIMIT, "bulk")).isEqualTo(3);
    driver.pass(Duration.ofSeconds(5));
    assertThat(driver.bulkIds()).containsExactly(id("m2"), id("m4"), id("m5"));
    assertThat(heldKeys()).isZero();
  }

  @Test
  void a_queue_longer_than_memory_loses_the_right_ones() {
    start(Map.of("acme/news", new Limit(1000, 300)));
    int many = 3 * FlowQueue.REMEMBERED + 50;
    IntStream.range(0, many).forEach(i -> driver.send(mail("m" + i)));
    int first = driver.bulkIds().size();
    // The last in memory, the first that is not, and the last of all.
    cancel("m" + (first + FlowQueue.REMEMBERED - 1));
    cancel("m" + (first + FlowQueue.REMEMBERED));
    cancel("m" + (many - 1));
    assertThat(driver.results()).hasSize(3);
    driver.pass(Duration.ofSeconds(5));

    assertThat(driver.bulkIds()).hasSize(many - first - 3).doesNotHaveDuplicates();
    assertThat(heldKeys()).isZero();
  }

  @Test
  void what_is_scheduled_or_waits_for_its_next_attempt_ends() {
    start(Map.of());
    Delivery later = mail("later");
    later.setSendAt(Instant.ofEpochMilli(Mail.START + 60_000));
    driver.send(later);
    driver.send(deferral("retry", DeferralReason.RETRY));
    assertThat(driver.held(HoldReason.RETRY, "bulk")).isEqualTo(1);

    cancel("later");
    cancel("retry");
    assertThat(driver.results())
        .extracting(SendResult::getIdempotencyKey, SendResult::getStatus, SendResult::getAttempts)
        .containsExactly(
            tuple("later", ResultStatus.CANCELLED, 0), tuple("retry", ResultStatus.CANCELLED, 1));
    driver.jump(Duration.ofMinutes(2));
    assertThat(driver.bulkIds()).isEmpty();
    assertThat(heldKeys()).isZero();
  }

  @Test
  void what_may_have_been_sent_waits_for_word_and_is_not_sent_again() {
    start(Map.of());
    driver.send(deferral("a", DeferralReason.UNCERTAIN));
    driver.send(deferral("b", DeferralReason.UNCERTAIN));
    cancel("a");
    cancel("b");
    assertThat(driver.results()).isEmpty();

    driver.send(Mail.event(id("b"), FeedbackType.DELIVERED, driver.now()));
    driver.jump(WINDOW.plusSeconds(1));
    assertThat(driver.bulkIds()).isEmpty();
    assertThat(driver.results())
        .extracting(SendResult::getStatus)
        .containsExactly(ResultStatus.SENT, ResultStatus.UNCERTAIN);
    assertThat(heldKeys()).isZero();
  }

  @Test
  void what_is_to_be_sent_again_and_is_taken_back_stays_uncertain() {
    start(Map.of("acme/news", new Limit(0.01, 1)));
    driver.send(mail("first"));
    driver.send(deferral("a", DeferralReason.UNCERTAIN));
    driver.jump(WINDOW.minusSeconds(1));
    driver.send(mail("takes-the-token"));
    driver.pass(Duration.ofSeconds(2));
    assertThat(driver.held(HoldReason.OVER_LIMIT, "bulk")).isEqualTo(1);
    cancel("a");

    assertThat(driver.results())
        .singleElement()
        .satisfies(result -> {
          assertThat(result.getStatus()).isEqualTo(ResultStatus.UNCERTAIN);
          assertThat(result.getReasons())
              .containsExactly(ReasonCode.OUTCOME_UNKNOWN, ReasonCode.CANCELLED);
        });
  }

  @Test
  void what_is_not_here_is_not_missed() {
    start(Map.of());
    driver.send(mail("gone"));
    cancel("gone");
    cancel("never-seen");

    assertThat(driver.bulkIds()).containsExactly(id("gone"));
    assertThat(driver.results()).isEmpty();
  }

  private void assertCancelled(String... keys) {
    assertThat(driver.results())
        .allSatisfy(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.CANCELLED))
        .extracting(SendResult::getIdempotencyKey)
        .containsExactly(keys);
  }

  private void cancel(String key) {
    driver.send(
        Cancellation.newBuilder()
            .setTenant("acme")
            .setIdempotencyKey(key)
            .setRecipient(address(key).toUpperCase(Locale.ROOT))
            .setIssuedAt(Instant.ofEpochMilli(driver.now()))
            .build());
  }

  private Deferral deferral(String key, DeferralReason reason) {
    return Mail.deferral(mail(key), reason, null, driver.now());
  }

  private static Delivery mail(String key) {
    Delivery delivery = Mail.bulk(key);
    delivery.setIdempotencyKey(key);
    delivery.setDeliveryId(id(key));
    delivery.setOnUncertain(OnUncertain.RESEND);
    return delivery;
  }

  private static String address(String key) {
    return key + "@example.com";
  }

  private static String id(String key) {
    return DeliveryId.of("acme", key, RecipientKey.of(address(key)));
  }
}

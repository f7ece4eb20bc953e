package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is over a limit waits, durably and in order. */
class HoldLimitsTest extends HoldTestCase {

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
}

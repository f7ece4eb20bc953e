package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A limit of each kind that counts only some of a stream's mail: the rest passes by. */
class HoldKindsTest extends HoldTestCase {

  private static final Limit ONE = new Limit(1, 1);

  @Test
  void a_group_of_domains_has_one_limit_for_all_of_them() {
    start(Map.of("main@google", ONE));
    send("a", "x@gmail.com", "u");
    send("b", "y@googlemail.com", "u");
    send("c", "z@example.com", "u");

    assertThat(driver.bulkIds()).containsExactly("a", "c");
    driver.pass(Duration.ofMillis(1100));
    assertThat(driver.bulkIds()).containsExactly("b");
  }

  @Test
  void each_other_domain_has_a_limit_of_its_own() {
    start(Map.of("main@", ONE, "main@google", new Limit(100, 100)));
    send("a", "x@example.com", "u");
    send("b", "y@example.com", "u");
    send("c", "x@example.org", "u");
    send("d", "x@gmail.com", "u");
    send("e", "y@gmail.com", "u");

    assertThat(driver.bulkIds()).containsExactly("a", "c", "d", "e");
    driver.pass(Duration.ofMillis(1100));
    assertThat(driver.bulkIds()).containsExactly("b");
  }

  @Test
  void an_actor_has_a_limit_that_keeps_nobody_else() {
    start(Map.of("acme/actor", ONE));
    send("a", "x@example.com", "u");
    send("b", "y@example.com", "u");
    send("c", "z@example.com", "v");
    send("d", "z@example.com", null);

    assertThat(driver.bulkIds()).containsExactly("a", "c", "d");
    driver.pass(Duration.ofMillis(1100));
    assertThat(driver.bulkIds()).containsExactly("b");
  }

  @Test
  void a_recipient_gets_no_more_than_their_cap_of_all_streams() {
    start(Map.of("acme/recipient", ONE));
    send("a", "X@Example.com", "u");
    send("b", "x@example.com", "v");
    driver.send(to(Mail.delivery("c", "acme", "digest", Lane.BULK), "x@example.com", "u"));
    send("d", "y@example.com", "u");
    driver.send(to(Mail.delivery("e", "zeta", "news", Lane.BULK), "x@example.com", "u"));

    assertThat(driver.bulkIds()).containsExactly("a", "d", "e");
    driver.pass(Duration.ofMillis(1100));
    assertThat(driver.bulkIds()).containsExactly("b");
    driver.pass(Duration.ofMillis(1100));
    assertThat(driver.bulkIds()).containsExactly("c");
  }

  @Test
  void the_cap_of_a_stream_counts_that_stream_alone() {
    start(Map.of("acme/news/recipient", ONE));
    send("a", "x@example.com", "u");
    send("b", "x@example.com", "u");
    driver.send(to(Mail.delivery("c", "acme", "digest", Lane.BULK), "x@example.com", "u"));

    assertThat(driver.bulkIds()).containsExactly("a", "c");
  }

  @Test
  void a_password_reset_waits_behind_nobodys_newsletter() {
    start(Map.of("acme", new Limit(5, 10), "acme/recipient", new Limit(5, 5)));
    IntStream.range(0, 50).forEach(i -> send("n" + i, "x@example.com", "u"));
    assertThat(driver.bulkIds()).hasSize(4);
    Delivery reset = Mail.delivery("reset", "acme", "reset", Lane.TRANSACTIONAL);
    driver.send(to(reset, "x@example.com", "u"));

    assertThat(driver.transactionalIds()).containsExactly("reset");
  }

  @Test
  void what_waited_for_its_tenant_first_waits_for_its_recipient_then_in_order() {
    start(Map.of("acme", new Limit(1000, 1), "acme/recipient", ONE));
    IntStream.range(0, 6).forEach(i -> send("m" + i, (i % 2 == 0 ? "x" : "y") + "@a.example", "u"));
    driver.pass(Duration.ofMillis(100));
    assertThat(driver.bulkIds()).containsExactly("m0", "m1");

    driver.pass(Duration.ofSeconds(1));
    assertThat(driver.bulkIds()).containsExactly("m2", "m3");
    driver.pass(Duration.ofSeconds(1));
    assertThat(driver.bulkIds()).containsExactly("m4", "m5");
    assertThat(heldKeys()).isZero();
  }

  @Test
  void for_a_parked_account_all_wait_in_one_queue_whoever_they_are_for() {
    start(Map.of("acme/recipient", ONE));
    defer("first", 1, DeferralReason.ACCOUNT_PARKED, driver.now() + 5_000);
    IntStream.range(0, 20).forEach(i -> send("m" + i, "x" + i + "@a.example", "u"));
    HoldStore store = new HoldStore(driver.heldStore(), new HeldCodec(), null);
    assertThat(store.firsts()).hasSize(1);

    driver.pass(Duration.ofSeconds(6));
    assertThat(driver.bulkIds()).hasSize(21);
  }

  private void send(String id, String address, String actor) {
    driver.send(to(Mail.bulk(id), address, actor));
  }

  private static Delivery to(Delivery delivery, String address, String actor) {
    delivery.getRecipient().setAddress(address);
    delivery.setActor(actor);
    return delivery;
  }
}

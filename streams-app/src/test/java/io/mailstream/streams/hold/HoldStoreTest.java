package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.streams.hold.QueueId.Position;
import io.mailstream.streams.hold.ReleaseCheck.Verdict;
import io.mailstream.streams.throttle.Flow;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class HoldStoreTest {

  private long now = Mail.START;

  @Test
  void keys_are_ordered_by_queue_lane_due_time_and_sequence() {
    List<byte[]> ordered = new ArrayList<>();
    List<QueueId> queues =
        List.of(
            new QueueId.OfFlow(new Flow("a", "x", "m"), Lane.TRANSACTIONAL),
            new QueueId.OfFlow(new Flow("a", "x", "m"), Lane.BULK),
            new QueueId.OfFlow(new Flow("a", "x", "ma"), Lane.TRANSACTIONAL),
            new QueueId.OfFlow(new Flow("a", "xa", ""), Lane.BULK),
            new QueueId.OfFlow(new Flow("aa", "", ""), Lane.BULK),
            new QueueId.Timed(HoldReason.SCHEDULED, Lane.TRANSACTIONAL),
            new QueueId.Timed(HoldReason.SCHEDULED, Lane.BULK),
            new QueueId.Timed(HoldReason.RETRY, Lane.TRANSACTIONAL),
            new QueueId.Timed(HoldReason.EVIDENCE, Lane.BULK));
    for (QueueId queue : queues) {
      for (long due : new long[] {0, 1, 255, 256, 1L << 40}) {
        for (long sequence : new long[] {0, 1, 128, 1L << 62}) {
          Position position = new Position(due, sequence);
          byte[] key = QueueId.key(queue.prefix(), position);
          ordered.add(key);
          assertThat(QueueId.of(key)).isEqualTo(queue);
          assertThat(QueueId.position(key)).isEqualTo(position);
          assertThat(Arrays.compareUnsigned(key, QueueId.end(queue.prefix()))).isNegative();
        }
      }
    }
    List<byte[]> shuffled = new ArrayList<>(ordered);
    Collections.shuffle(shuffled, new Random(1));
    shuffled.sort(Arrays::compareUnsigned);
    assertThat(shuffled).containsExactlyElementsOf(ordered);
  }

  @Test
  void what_is_held_comes_back_as_it_was() {
    HeldCodec codec = new HeldCodec();
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", new byte[] {1, 2}).add("empty", new byte[0]).add("none", null);
    Held held =
        Held.fresh("j\u00fcrgen@example.com", headers, Mail.bulk("a"), now)
            .because(HoldReason.RETRY);
    Held back = codec.decode(codec.encode(held));

    assertThat(back.recipientKey()).isEqualTo(held.recipientKey());
    assertThat(back.headers()).isEqualTo(headers);
    assertThat(back.reason()).isEqualTo(HoldReason.RETRY);
    assertThat(back.heldAt()).isEqualTo(now);
    assertThat(back.delivery()).isEqualTo(held.delivery());
    assertThat(codec.encode(back)).isEqualTo(codec.encode(held));
  }

  @Test
  void sequence_numbers_grow_whatever_the_clock_does() {
    HoldTotals totals = new HoldTotals(Optional.empty(), metrics());
    long last = 0;
    for (long time : new long[] {now, now, now - 5_000_000, now + 1, now}) {
      long next = totals.nextSequence(time);
      assertThat(next).isGreaterThan(last);
      last = next;
    }
    assertThat(HoldTotals.timeOf(totals.nextSequence(now + 77))).isEqualTo(now + 77);
  }

  @Test
  void the_cost_of_a_message_does_not_grow_with_how_many_are_held() {
    double few = operationsPerRelease(2_000);
    double many = operationsPerRelease(20_000);
    // A write, a read ahead, a read and a delete, a write and a delete of where it stands, and one
    // scan for a few hundred of them.
    assertThat(few).isLessThan(6.1);
    assertThat(many).isLessThanOrEqualTo(few + 0.1);
  }

  @Test
  void the_cost_of_scheduled_mail_does_not_grow_with_how_many_are_held() {
    assertThat(operationsPerScheduled(2_000)).isLessThan(5.1);
    assertThat(operationsPerScheduled(20_000)).isLessThan(5.1);
  }

  @Test
  void a_restart_seeks_once_for_each_queue() {
    HoldTask task = task(new Limit(10, 1));
    for (int i = 0; i < 5_000; i++) {
      task.send(Mail.bulk("m" + i), now);
      task.send(Mail.delivery("d" + i, "acme", "digest", Lane.BULK), now);
    }
    CountingStore store = task.store();
    long before = store.operations();
    task.restart(now);
    // Two queues, and a look behind the last.
    assertThat(store.operations() - before).isEqualTo(3);
  }

  @Test
  void one_tick_releases_a_bounded_number_of_records_and_bytes() {
    HoldTask task = task(new Limit(1_000_000, 100_000));
    fill(task, 3_000, 10);
    task.tick(now);
    assertThat(task.taken()).hasSize(500);

    HoldTask large = task(new Limit(1_000_000, 100_000));
    fill(large, 60, 1024 * 1024);
    large.tick(now);
    // The first is small; the fourth of the large ones goes over the four mebibytes.
    assertThat(large.taken().size()).isEqualTo(5);
    for (int tick = 0; tick < 20; tick++) {
      large.tick(++now);
    }
    assertThat(large.heldCount()).isZero();
  }

  /** Mail that waits while the account is parked, and may all go when it is not. */
  private void fill(HoldTask task, int count, int bodyBytes) {
    String body = "x".repeat(bodyBytes);
    task.send(
        Mail.deferral(Mail.bulk("first"), DeferralReason.ACCOUNT_PARKED, now + 1000, now), now);
    for (int i = 1; i < count; i++) {
      Delivery delivery = Mail.bulk("m" + i);
      delivery.setContent(InlineContent.newBuilder().setText(body).build());
      task.send(delivery, now);
    }
    assertThat(task.taken()).isEmpty();
    now += 1000;
  }

  private double operationsPerRelease(int held) {
    HoldTask task = task(new Limit(1000, 1000));
    for (int i = 0; i < held + 800; i++) {
      task.send(Mail.bulk("m" + i), now);
    }
    assertThat(task.taken()).hasSize(800);
    CountingStore store = task.store();
    long filled = store.operations();
    // Two writes each, and the one look at the start whether anything is held.
    assertThat(filled).isEqualTo(2 * held + 1);
    int released = 0;
    while (released < 1500) {
      now += 100;
      task.tick(now);
      released += task.taken().size();
    }
    return 2 + (store.operations() - filled) / (double) released;
  }

  private double operationsPerScheduled(int held) {
    HoldTask task = task(new Limit(1_000_000, 1_000_000));
    for (int i = 0; i < held; i++) {
      Delivery delivery = Mail.bulk("m" + i);
      delivery.setSendAt(Instant.ofEpochMilli(now + 10_000 + i));
      task.send(delivery, now);
    }
    CountingStore store = task.store();
    long filled = store.operations();
    int released = 0;
    now += 10_000;
    while (released < 1500) {
      now += 100;
      task.tick(now);
      released += task.taken().size();
    }
    return 2 + (store.operations() - filled) / (double) released;
  }

  private HoldTask task(Limit limit) {
    Policies policies = Mail.policies(Map.of("acme", limit), Duration.ZERO);
    return new HoldTask(policies, (delivery, time) -> new Verdict.Go(delivery), 1, now);
  }

  private static HoldMetrics.Task metrics() {
    return new HoldMetrics(new SimpleMeterRegistry()).add();
  }
}

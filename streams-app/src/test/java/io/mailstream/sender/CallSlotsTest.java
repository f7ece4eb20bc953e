package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallSlotsTest {

  private static final int SLOTS = 5;
  private static final int ENOUGH = 2;
  private static final Duration BOUND = Duration.ofSeconds(20);

  private final CountDownLatch answers = new CountDownLatch(1);
  private final BlockingQueue<Lane> called = new LinkedBlockingQueue<>();
  private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
  private final CallSlots slots =
      new CallSlots(
          SLOTS,
          ENOUGH,
          send -> {
            called.add(send.partition().lane());
            awaitAnswer();
          },
          errors::add);

  @AfterEach
  void nothingWentWrong() {
    answers.countDown();
    assertThat(errors).isEmpty();
  }

  @Test
  void bulkMailLeavesSlotsToTransactionalMail() throws InterruptedException {
    slots.submit(sends(Lane.BULK, 10));
    slots.submit(sends(Lane.TRANSACTIONAL, 1));
    assertThat(calls(SLOTS))
        .containsExactlyInAnyOrder(Lane.BULK, Lane.BULK, Lane.BULK, Lane.BULK, Lane.TRANSACTIONAL);
    assertThat(slots.busy()).isEqualTo(SLOTS);
  }

  @Test
  void whatWaitsForASlotIsSupply() {
    slots.submit(sends(Lane.BULK, CallSlots.bulkShare(SLOTS) + ENOUGH - 1));
    assertThat(slots.isSupplied()).isFalse();
    slots.submit(sends(Lane.BULK, 1));
    assertThat(slots.isSupplied()).isTrue();
  }

  @Test
  void transactionalMailIsNoSupplyForBulkMail() {
    slots.submit(sends(Lane.TRANSACTIONAL, SLOTS + ENOUGH));
    assertThat(slots.isSupplied()).isFalse();
  }

  @Test
  void aSlotThatBecomesFreeTakesTheNextByItself() throws InterruptedException {
    slots.submit(sends(Lane.BULK, 10));
    assertThat(calls(CallSlots.bulkShare(SLOTS))).hasSize(CallSlots.bulkShare(SLOTS));
    answers.countDown();
    assertThat(calls(10 - CallSlots.bulkShare(SLOTS))).hasSize(10 - CallSlots.bulkShare(SLOTS));
  }

  private void awaitAnswer() {
    try {
      assertThat(answers.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The lanes of so many calls, in an order that says nothing. */
  private List<Lane> calls(int number) throws InterruptedException {
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      lanes.add(called.poll(BOUND.toSeconds(), TimeUnit.SECONDS));
    }
    return lanes;
  }

  private static List<Send> sends(Lane lane, int number) {
    OwnedPartition partition =
        new OwnedPartition(
            new TopicPartition("mail.dispatch", 0),
            lane,
            new PartitionProgress<>(StartedOffsets.nothingStarted(0), 100));
    List<Send> sends = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      sends.add(new Send(partition, new ConsumerRecord<>("mail.dispatch", 0, i, null, null), 0));
    }
    return sends;
  }
}

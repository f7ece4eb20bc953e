package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.Checkpoints.Point;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.SendResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;

/** Instances that lost their partitions, and transactions that fail. */
class SenderFencingIT {

  /** An instance that does not poll for this long has left the group. */
  private static final Map<String, String> IMPATIENT_GROUP =
      Map.of(
          SenderConfig.CONSUMER_PREFIX + "max.poll.interval.ms",
          "2000",
          SenderConfig.START_MAX_DELAY,
          "500");

  /** Stands still at a point, once, until it is let go. */
  private static final class Standstill implements Checkpoints {
    private final Point where;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicBoolean once = new AtomicBoolean();
    private final AtomicInteger polls = new AtomicInteger();

    Standstill(Point where) {
      this.where = where;
    }

    @Override
    public void reached(Point point) {
      if (point == Point.POLLED) {
        polls.incrementAndGet();
      }
      if (point == where && once.compareAndSet(false, true)) {
        reached.countDown();
        SenderRig.await(release);
      }
    }
  }

  @Test
  void anInstanceThatLostItsPartitionsBeforeTheCommitSendsNothing() {
    try (SenderRig rig = new SenderRig()) {
      Standstill standstill = new Standstill(Point.PLANNED);
      rig.dispatch(20);
      rig.start("zombie", standstill, IMPATIENT_GROUP);
      SenderRig.await(standstill.reached);

      rig.start("successor");
      SenderRig.await("all from the successor", () -> rig.results().size() >= 20);
      assertThat(rig.provider.calls()).hasSize(20);
      standstill.release.countDown();
      SenderRig.await("a commit that fails", () -> rig.count("aborts") >= 1);

      rig.dispatch(10);
      SenderRig.await("the next", () -> rig.results().size() >= 30);
      assertThat(rig.results()).hasSize(30);
      assertThat(rig.deferrals()).isEmpty();
      assertThat(rig.provider.calls()).hasSize(30).doesNotContainValue(2);
    }
  }

  @Test
  void anInstanceThatLostItsPartitionsAfterTheCommitSendsNothing() {
    try (SenderRig rig = new SenderRig()) {
      Standstill standstill = new Standstill(Point.COMMITTED);
      rig.dispatch(20);
      rig.start("zombie", standstill, IMPATIENT_GROUP);
      SenderRig.await(standstill.reached);

      rig.start("successor");
      SenderRig.await("an end of each", () -> rig.results().size() + rig.deferrals().size() >= 20);
      Map<String, Integer> bySuccessor = rig.provider.calls();
      int polls = standstill.polls.get();
      standstill.release.countDown();
      SenderRig.await("the zombie to go on", () -> standstill.polls.get() > polls + 2);

      rig.dispatch(10);
      SenderRig.await("the next", () -> rig.results().size() + rig.deferrals().size() >= 30);
      assertThat(rig.deferrals())
          .as("started, and never seen to end: labelled")
          .isNotEmpty()
          .allMatch(deferral -> deferral.getReason() == DeferralReason.UNCERTAIN)
          .allMatch(deferral -> !bySuccessor.containsKey(id(deferral)));
      assertThat(rig.deferrals()).allMatch(deferral -> rig.provider.calls(id(deferral)) == 0);
      assertThat(rig.provider.calls()).doesNotContainValue(2);
    }
  }

  private static String id(Deferral deferral) {
    return deferral.getDelivery().getDeliveryId();
  }

  @Test
  void theResultOfACallWhosePartitionWentElsewhereIsGivenAsEvidence() {
    try (SenderRig rig = new SenderRig()) {
      CountDownLatch answer = new CountDownLatch(1);
      rig.provider.answers(delivery -> {
        SenderRig.await(answer);
        return new SendOutcome.Accepted("m");
      });
      Standstill standstill = new Standstill(Point.SUBMITTED);
      rig.dispatch(1);
      rig.start("zombie", standstill, IMPATIENT_GROUP);
      SenderRig.await(standstill.reached);
      SenderRig.await("the call", () -> rig.provider.calls().size() == 1);
      rig.start("successor");
      SenderRig.await("the label", () -> rig.deferrals().size() >= 1);

      answer.countDown();
      standstill.release.countDown();

      SenderRig.await(
          "evidence", () -> !rig.read(rig.topics.feedback(), FeedbackEvent.class).isEmpty());
      FeedbackEvent evidence = rig.read(rig.topics.feedback(), FeedbackEvent.class).getFirst();
      assertThat(evidence.getType()).isEqualTo(FeedbackType.SENT);
      assertThat(evidence.getProvider()).isEqualTo(Outcome.EVIDENCE_PROVIDER);
      assertThat(evidence.getDeliveryId()).isEqualTo(id(rig.deferrals().getFirst()));
      assertThat(rig.results()).isEmpty();
      assertThat(rig.provider.calls()).containsOnly(Map.entry("d00000", 1));
    }
  }

  @Test
  void anAbortedTransactionLosesNoOutcome() {
    try (SenderRig rig = new SenderRig()) {
      AtomicInteger count = new AtomicInteger();
      Checkpoints everyOther =
          point -> {
            boolean inTransaction =
                point == Point.BEGUN || point == Point.OUTCOMES_SENT || point == Point.OFFSETS_SENT;
            if (inTransaction && count.incrementAndGet() % 5 == 0) {
              throw new KafkaException("told to fail at " + point);
            }
          };
      rig.start("a", everyOther, Map.of(SenderConfig.OPEN_SENDS, "10"));
      rig.dispatch(100);

      SenderRig.await("all", () -> rig.results().size() >= 100);

      assertEachOnce(rig, 100);
      assertThat(rig.count("aborts")).isGreaterThan(2);
    }
  }

  private static void assertEachOnce(SenderRig rig, int count) {
    assertThat(rig.results()).hasSize(count);
    assertThat(rig.results().stream().map(SendResult::getDeliveryId).distinct()).hasSize(count);
    assertThat(rig.deferrals()).isEmpty();
    assertThat(rig.provider.calls()).hasSize(count).doesNotContainValue(2);
  }

  @Test
  void aProducerThatTheBrokersPutOutOfUseIsReplacedAndNothingIsLost() {
    try (SenderRig rig = new SenderRig()) {
      AtomicInteger count = new AtomicInteger();
      String transactionalId = rig.group() + "-a";
      Checkpoints fencing =
          point -> {
            int nth = point == Point.OFFSETS_SENT ? count.incrementAndGet() : 0;
            if (nth == 2 || nth == 5) {
              TestTopics.get(rig.admin.fenceProducers(List.of(transactionalId)).all());
            }
          };
      rig.start("a", fencing, Map.of(SenderConfig.OPEN_SENDS, "10"));
      rig.dispatch(60);

      SenderRig.await("all", () -> rig.results().size() >= 60);

      assertEachOnce(rig, 60);
    }
  }

  @Test
  void aCommitWhoseAnswerIsLostIsFoundInTheOffsets() {
    AtomicInteger commits = new AtomicInteger();
    try (SenderRig rig =
        new SenderRig()
            .producers(settings ->
                new KafkaProducer<>(settings) {
                  private boolean broken;

                  @Override
                  public void commitTransaction() {
                    super.commitTransaction();
                    if (commits.incrementAndGet() % 4 == 2 && commits.get() < 12) {
                      broken = true;
                      throw new ProducerFencedException("the answer is lost");
                    }
                  }

                  @Override
                  public void abortTransaction() {
                    if (broken) {
                      throw new ProducerFencedException("the answer is lost");
                    }
                    super.abortTransaction();
                  }
                })) {
      rig.start("a", Checkpoints.NONE, Map.of(SenderConfig.OPEN_SENDS, "10"));
      rig.dispatch(60);

      SenderRig.await("all", () -> rig.results().size() >= 60);

      assertEachOnce(rig, 60);
      assertThat(commits.get()).isGreaterThan(2);
    }
  }
}

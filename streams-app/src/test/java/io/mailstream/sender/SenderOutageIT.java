package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A registry and brokers that go away and come back: nothing is lost, work resumes by itself. */
class SenderOutageIT {

  private static final Duration SESSION = Duration.ofSeconds(3);

  @Test
  void aRegistryThatGoesAwayAndComesBack() {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty());
        SenderRig rig = new SenderRig(SharedKafka.bootstrapServers(), registry.url(), SESSION)) {
      rig.dispatch(10); // with its schema registered, which the sender has yet to ask for
      registry.suspend();
      SenderRole sender = rig.start("a", Checkpoints.NONE, Map.of());
      SenderRig.await(
          "readiness to say so",
          () -> SenderRig.unready(sender).contains("waiting for the schema registry"));
      registry.resume();
      SenderRig.await("10 results", () -> rig.results().size() >= 10);
      SenderRig.await("ready", () -> SenderRig.unready(sender).isEmpty());
      sender.close();

      SenderRole next = rig.start("a");
      SenderRig.await("ready", () -> SenderRig.unready(next).isEmpty());
      registry.suspend();
      rig.dispatch(10);
      SenderRig.await(
          "readiness to say so", () -> SenderRig.unready(next).contains("schema registry"));
      assertThat(rig.provider.calls()).hasSize(10);
      registry.resume();

      SenderRig.await("20 results", () -> rig.results().size() >= 20);
      assertThat(rig.readRaw(rig.topics.deadLetters())).isEmpty();
      assertThat(rig.provider.calls()).hasSize(20).doesNotContainValue(2);
    }
  }

  /** Fewer than a sender begins with at once, of which bulk mail leaves some free. */
  private static final int IN_FLIGHT = 12;

  /** Within the time of an outage of the tests, every wait of the sender has run out once. */
  private static final Map<String, String> IMPATIENT =
      Map.of(
          SenderConfig.PRODUCER_PREFIX + "max.block.ms",
          "2000",
          SenderConfig.PRODUCER_PREFIX + "delivery.timeout.ms",
          "2000",
          SenderConfig.PRODUCER_PREFIX + "request.timeout.ms",
          "1500",
          SenderConfig.CONSUMER_PREFIX + "max.poll.interval.ms",
          "3000");

  @Test
  void brokersThatGoAwayAndComeBack() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafka.Options.defaults());
        SenderRig rig = rig(kafka)) {
      SenderRole sender = rig.start("a", Checkpoints.NONE, IMPATIENT);
      rig.dispatch(10);
      SenderRig.await("10 results", () -> rig.results().size() >= 10);
      SenderRig.await("ready", () -> SenderRig.unready(sender).isEmpty());
      CountDownLatch answer = answerLater(rig);
      rig.dispatch(IN_FLIGHT);
      SenderRig.await("calls in flight", () -> rig.provider.calls().size() == 10 + IN_FLIGHT);

      kafka.stop();
      answer.countDown();
      SenderRig.await(
          "readiness to say so",
          () -> SenderRig.unready(sender).contains("the brokers do not answer"));
      SenderRig.await(
          "the last gate to be closed",
          () -> SenderRig.unready(sender).contains("the suppressions cannot be read"));
      kafka.start();

      SenderRig.await("an end of each", () -> ends(rig) >= 10 + IN_FLIGHT);
      SenderRig.await("ready", () -> SenderRig.unready(sender).isEmpty());
      rig.dispatch(10);
      SenderRig.await("the next", () -> ends(rig) >= 20 + IN_FLIGHT);
      assertThat(SenderRig.dead(sender)).isEmpty();
      assertEachEndsOnce(rig, 20 + IN_FLIGHT);
    }
  }

  @Test
  void aSenderStopsWhileTheBrokersAreAway() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafka.Options.defaults());
        SenderRig rig = rig(kafka)) {
      SenderRole sender = rig.start("a");
      CountDownLatch answer = answerLater(rig);
      rig.dispatch(IN_FLIGHT);
      SenderRig.await("calls in flight", () -> rig.provider.calls().size() == IN_FLIGHT);
      kafka.stop();
      answer.countDown();

      sender.close();

      assertThat(SenderRig.dead(sender))
          .as("it has given up by itself, within its bound")
          .contains("the brokers do not answer")
          .contains("the sender is to stop");
      kafka.start();
      rig.start("b");
      SenderRig.await("an end of each", () -> ends(rig) >= IN_FLIGHT);
      assertEachEndsOnce(rig, IN_FLIGHT);
    }
  }

  private static SenderRig rig(EmbeddedKafka kafka) {
    return new SenderRig(kafka.bootstrapServers(), EmbeddedRegistry.shared().url(), SESSION);
  }

  private static CountDownLatch answerLater(SenderRig rig) {
    CountDownLatch answer = new CountDownLatch(1);
    rig.provider.answers(delivery -> {
      SenderRig.await(answer);
      return new SendOutcome.Accepted("m");
    });
    return answer;
  }

  private static int ends(SenderRig rig) {
    return rig.results().size() + rig.deferrals().size();
  }

  /** A result, or a label of what nobody can know, of which the ESP was asked once at most. */
  private static void assertEachEndsOnce(SenderRig rig, int count) {
    assertThat(
            Stream.concat(
                rig.results().stream().map(SendResult::getDeliveryId),
                rig.deferrals().stream().map(deferral -> deferral.getDelivery().getDeliveryId())))
        .hasSize(count)
        .doesNotHaveDuplicates();
    assertThat(rig.deferrals())
        .allMatch(deferral -> deferral.getReason() == DeferralReason.UNCERTAIN);
    assertThat(rig.provider.calls()).doesNotContainValue(2);
  }
}

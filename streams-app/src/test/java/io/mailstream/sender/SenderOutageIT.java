package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.sender.provider.SendOutcome;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Brokers and registry that go away and come back: nothing is lost, work resumes by itself. */
class SenderOutageIT {

  private static final Duration SESSION = Duration.ofSeconds(3);

  @Test
  void brokersThatGoAwayAndComeBack() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafka.Options.defaults());
        SenderRig rig = new SenderRig(kafka, EmbeddedRegistry.shared().url(), SESSION)) {
      CountDownLatch answer = new CountDownLatch(1);
      rig.provider.answers(delivery -> {
        if (delivery.getDeliveryId().equals("d00020")) {
          SenderRig.await(answer);
        }
        return new SendOutcome.Accepted("m");
      });
      SenderRole sender = rig.start("a");
      rig.dispatch(20);
      SenderRig.await("20 results", () -> rig.results().size() >= 20);
      rig.dispatch(1);
      SenderRig.await("a call under way", () -> rig.provider.calls().size() == 21);

      kafka.stop();
      answer.countDown();
      SenderRig.await(
          "readiness to say so", () -> SenderRig.unready(sender).contains("brokers do not answer"));
      kafka.start();

      SenderRig.await("its outcome", () -> rig.results().size() + rig.deferrals().size() >= 21);
      rig.dispatch(20);
      SenderRig.await("the next", () -> rig.results().size() + rig.deferrals().size() >= 41);
      assertThat(rig.results()).hasSize(41);
      assertThat(rig.provider.calls()).hasSize(41).doesNotContainValue(2);
      SenderRig.await("ready again", () -> SenderRig.unready(sender).isEmpty());
      assertThat(SenderRig.dead(sender)).isEmpty();
    }
  }

  @Test
  void aRegistryThatGoesAwayAndComesBack() {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty());
        SenderRig rig = new SenderRig(EmbeddedKafka.shared(), registry.url(), SESSION)) {
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
}

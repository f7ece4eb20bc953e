package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A registry that goes away and comes back: nothing is lost, work resumes by itself. */
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
}

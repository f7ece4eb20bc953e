package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;

class MailTopologyTest {

  /** A changed name loses what lies in a store, a changelog or a hop: it is a decision. */
  @Test
  void hasTheNamesThatItHad() throws IOException {
    assertThat(MailDriver.topology(4).describe().toString().strip())
        .as("the topology; where the change is meant, change src/test/resources/topology.txt")
        .isEqualTo(golden());
  }

  @Test
  void isOneSubTopology() {
    Topology topology = MailDriver.topology(4);
    assertThat(topology.describe().subtopologies()).hasSize(1);
  }

  private static String golden() throws IOException {
    try (InputStream in = MailTopologyTest.class.getResourceAsStream("/topology.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}

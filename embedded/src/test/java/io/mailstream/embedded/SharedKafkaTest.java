package io.mailstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Which broker the tests take. */
class SharedKafkaTest {

  private static final String IMAGE = "apache/kafka:4.3.1";

  private static SharedKafka.Brokers docker() {
    return new SharedKafka.Brokers(image -> "container of " + image, () -> "embedded");
  }

  private static SharedKafka.Brokers noDocker() {
    return new SharedKafka.Brokers(
        image -> {
          throw new IOException("no Docker engine answers");
        },
        () -> "embedded");
  }

  @Test
  void theContainerWhereThereIsOne() {
    assertThat(SharedKafka.start("auto", IMAGE, docker())).isEqualTo("container of " + IMAGE);
    assertThat(SharedKafka.start("auto", "local/kafka:1", docker()))
        .isEqualTo("container of local/kafka:1");
  }

  @Test
  void elseTheEmbeddedBroker() {
    assertThat(SharedKafka.start("auto", IMAGE, noDocker())).isEqualTo("embedded");
  }

  @Test
  void whoAsksForTheEmbeddedBrokerGetsIt() {
    assertThat(SharedKafka.start("embedded", IMAGE, docker())).isEqualTo("embedded");
  }

  @Test
  void whoAsksForAContainerGetsNothingElse() {
    assertThatThrownBy(() -> SharedKafka.start("container", IMAGE, noDocker()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no Docker engine answers")
        .hasMessageContaining(IMAGE)
        .hasMessageContaining("mailstream.kafka.image");
  }

  @Test
  void whatIsMisspeltIsSaid() {
    assertThatThrownBy(() -> SharedKafka.start("dokcer", IMAGE, docker()))
        .hasMessageContaining("auto, container or embedded");
  }

  @Test
  void theContainersSettingsAreThoseOfTheEmbeddedBroker() {
    assertThat(KafkaInContainer.variable("group.initial.rebalance.delay.ms"))
        .isEqualTo("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS");
  }
}

package io.mailstream.embedded;

import java.util.Locale;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Kafka's own image in a container, set as the embedded broker is. Apart from {@link SharedKafka},
 * so that Testcontainers need not be there where the embedded broker is chosen.
 */
final class KafkaInContainer {

  private static final String OFFICIAL = "apache/kafka";

  private KafkaInContainer() {}

  /**
   * Starts a container, which stops with this JVM.
   *
   * @param image Kafka's image, or one that can stand in for it
   * @return what clients connect to
   */
  static String start(String image) {
    KafkaContainer kafka =
        new KafkaContainer(DockerImageName.parse(image).asCompatibleSubstituteFor(OFFICIAL));
    BrokerDefaults.PROPERTIES.forEach((name, value) -> kafka.withEnv(variable(name), value));
    kafka.start();
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::stop, "kafka-container-exit"));
    return kafka.getBootstrapServers();
  }

  /** The image's rule: upper case, dots as underscores. */
  static String variable(String property) {
    return "KAFKA_" + property.toUpperCase(Locale.ROOT).replace('.', '_');
  }
}

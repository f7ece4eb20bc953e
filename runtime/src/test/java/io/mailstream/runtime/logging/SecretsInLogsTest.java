package io.mailstream.runtime.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the real clients log with the services' own {@code logback.xml}. */
class SecretsInLogsTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

  @BeforeEach
  void listen() {
    JsonLineEncoder encoder = new JsonLineEncoder();
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(out);
    appender.start();
    root().addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    root().detachAppender(appender);
    appender.stop();
  }

  private Logger root() {
    return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  private static final class PlainConfig extends ServiceConfig {
    PlainConfig(Map<String, String> values) {
      super(CommonConfig.add(new ConfigDef()), values, CommonConfig.passThrough());
    }
  }

  @Test
  void noClientPrintsASecretOrItsConfiguration() {
    PlainConfig config =
        new PlainConfig(
            Map.of(
                "bootstrap.servers", "127.0.0.1:1",
                "schema.registry.url", "http://127.0.0.1:1",
                "schema.registry.basic.auth.user.info", "user:registry-s3cret",
                "api.tokens", "api-s3cret",
                "kafka.security.protocol", "SASL_PLAINTEXT",
                "kafka.sasl.mechanism", "PLAIN",
                "kafka.sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"mail\" password=\"kafka-s3cret\";"));
    Map<String, Object> client = CommonConfig.kafkaClient(config);
    client.putAll(CommonConfig.serdes(config));

    ByteArraySerializer serializer = new ByteArraySerializer();
    ByteArrayDeserializer deserializer = new ByteArrayDeserializer();
    new KafkaProducer<>(client, serializer, serializer).close(Duration.ZERO);
    new KafkaConsumer<>(client, deserializer, deserializer).close();
    Admin.create(client).close(Duration.ZERO);
    root().warn("the configuration is {}", config.passThrough("kafka."));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("the configuration is", "[hidden]")
        .doesNotContain("s3cret")
        .doesNotContain("Config values");
  }
}

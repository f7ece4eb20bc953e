package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.embedded.ses.SnsOptions;
import io.mailstream.embedded.ses.SnsTopic;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.v1.FeedbackEvent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator subscribes, is confirmed, and its signed events arrive. */
class SimulatorIT {

  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void itsSignedEventsArrive(String signatureVersion) throws Exception {
    String prefix = EmbeddedKafka.uniquePrefix();
    Topics topics = new Topics(prefix);
    String brokers = SharedKafka.bootstrapServers();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      TopicSetup.createMissing(admin, topics, 1, (short) 1);
    }
    try (SesSimulator ses = SesSimulator.start(SesSimulator.Options.defaults().port(0));
        WebhookIngestApp app =
            WebhookIngestApp.start(
                Map.of(
                    "bootstrap.servers",
                    brokers,
                    "schema.registry.url",
                    EmbeddedRegistry.shared().url(),
                    "topics.prefix",
                    prefix,
                    "http.port",
                    "0",
                    "ses.sns.topic.arns",
                    SnsOptions.DEFAULT_TOPIC_ARN,
                    "ses.sns.test.certificate",
                    ses.signingCertificateUrl()))) {
      SnsTopic topic =
          ses.subscribe(
              SnsOptions.to(URI.create(app.url() + "/webhooks/ses"))
                  .signatureVersion(signatureVersion));
      assertThat(topic.awaitConfirmed(DEADLINE)).isTrue();
      Set<String> recipients = Set.of("a@example.com", "b@example.com", "c@example.com");
      recipients.forEach(one -> topic.publish(delivery(one), Duration.ZERO));

      assertThat(delivered(brokers, topics.feedback(), recipients.size())).isEqualTo(recipients);
      assertThat(topic.counts().refused()).isZero();
    }
  }

  private static String delivery(String recipient) {
    return """
    {"eventType":"Delivery","delivery":{"recipients":["%s"],
     "timestamp":"2026-11-21T09:00:00Z"},"mail":{"destination":["%s"],"messageId":"m1"}}\
    """
        .formatted(recipient, recipient);
  }

  private static Set<String> delivered(String brokers, String topic, int count) {
    MailstreamAvroDeserializer values = new MailstreamAvroDeserializer();
    values.configure(Map.of("schema.registry.url", EmbeddedRegistry.shared().url()), false);
    Set<String> recipients = new HashSet<>();
    Instant deadline = Instant.now().plus(DEADLINE);
    Map<String, Object> config =
        Map.of("bootstrap.servers", brokers, "group.id", topic, "auto.offset.reset", "earliest");
    try (KafkaConsumer<String, Object> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), values)) {
      consumer.subscribe(List.of(topic));
      while (recipients.size() < count && Instant.now().isBefore(deadline)) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(record -> recipients.add(((FeedbackEvent) record.value()).getRecipient()));
      }
    }
    return recipients;
  }
}

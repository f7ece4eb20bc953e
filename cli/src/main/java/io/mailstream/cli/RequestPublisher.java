package io.mailstream.cli;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.AvroSerdeConfig;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import io.mailstream.schemas.serde.RegistryUnavailableException;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;

/** Puts records on topics: requests on those of their lanes. */
final class RequestPublisher implements AutoCloseable {

  private static final String MAX_REQUEST_SIZE = ProducerConfig.MAX_REQUEST_SIZE_CONFIG;

  private final Topics topics;
  private final Map<String, Object> config;
  private final KafkaProducer<String, Object> producer;

  RequestPublisher(Settings settings) {
    topics = settings.topics();
    config = settings.client();
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.putIfAbsent(MAX_REQUEST_SIZE, Topics.MAX_MAIL_BYTES);
    config.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    config.put(
        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
        settings.className(AvroSerdeConfig.SERIALIZER_CLASS, MailstreamAvroSerializer.class));
    try {
      producer = new KafkaProducer<>(config);
    } catch (KafkaException e) {
      throw Cluster.misconfigured(e);
    }
  }

  /** What became of one record; called on the producer's thread, or at once. */
  interface Outcome {

    /** Kafka has it. */
    void acknowledged(RecordMetadata metadata);

    /**
     * Kafka does not have it.
     *
     * @param why for people
     * @param hopeless whether the next record would fare the same
     */
    void failed(String why, boolean hopeless);
  }

  /** Sends a request. */
  void send(SendRequest request, Lane lane, Outcome outcome) {
    send(new ProducerRecord<>(topics.requests(lane), key(request), request), outcome);
  }

  /** Sends any record of Mailstream's. */
  void send(ProducerRecord<String, Object> record, Outcome outcome) {
    try {
      var _ =
          producer.send(
              record,
              (metadata, e) -> {
                if (e == null) {
                  outcome.acknowledged(metadata);
                } else {
                  fail(e, record.topic(), outcome);
                }
              });
    } catch (KafkaException e) {
      fail(e, record.topic(), outcome);
    }
  }

  /** Waits until the outcome of all records is known. */
  void flush() {
    producer.flush();
  }

  /**
   * The recipient's key for a request with one recipient, which is at home where that puts it; none
   * for others, which are spread and find their way themselves.
   */
  static String key(SendRequest request) {
    List<Recipient> recipients =
        Stream.of(request.getTo(), request.getCc(), request.getBcc())
            .flatMap(List::stream)
            .toList();
    return recipients.size() == 1
        ? RecipientKey.find(recipients.getFirst().getAddress()).orElse(null)
        : null;
  }

  private void fail(Exception e, String topic, Outcome outcome) {
    switch (e) {
      case RecordTooLargeException tooLarge ->
          outcome.failed(
              ("the mail is too large (%s): both the producer's max.request.size (%s here, set in"
                      + " --config) and max.message.bytes of topic %s limit it; make the mail"
                      + " smaller, or raise both")
                  .formatted(tooLarge.getMessage(), config.get(MAX_REQUEST_SIZE), topic),
              false);
      case TimeoutException timeout ->
          outcome.failed("Kafka did not acknowledge it: " + timeout.getMessage(), true);
      default -> {
        boolean registryIsDown = RegistryUnavailableException.isBehind(e);
        outcome.failed(
            registryIsDown
                ? "the schema registry cannot be reached: %s; give its URL by --registry, --config"
                        .formatted(e.getMessage())
                    + " or MAILSTREAM_SCHEMA_REGISTRY_URL"
                : "%s: %s".formatted(topic, e.getMessage()),
            registryIsDown || !(e instanceof KafkaException));
      }
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}

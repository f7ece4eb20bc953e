package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.History.Origin;
import io.mailstream.benchmarks.faults.history.Id;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SuppressionCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes the requests of a run, however long the broker is away, and tells the history of those
 * that it acknowledged.
 */
final class Traffic implements AutoCloseable {

  private static final int UNACKNOWLEDGED = 1_000;
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final int PATIENCE_MS = 1_800_000;

  private final Topics topics;
  private final History history;
  private final KafkaProducer<byte[], byte[]> producer;
  private final MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
  private final Semaphore room = new Semaphore(UNACKNOWLEDGED);
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger recipients = new AtomicInteger();
  private final Map<Id, String> addresses = new ConcurrentHashMap<>();

  /** Deliveries of requests of which it is not known whether Kafka has them. */
  private final Set<Id> unknown = ConcurrentHashMap.newKeySet();

  Traffic(String bootstrap, String registry, Topics topics, History history) {
    this.topics = topics;
    this.history = history;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                10_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                PATIENCE_MS,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                PATIENCE_MS,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    serializer.configure(Map.of("schema.registry.url", registry), false);
  }

  /** Whether few enough are not acknowledged that one more may be written. */
  boolean hasRoom() {
    return room.availablePermits() > 0;
  }

  /** The address of a recipient. */
  String address(Id recipient) {
    return addresses.get(recipient);
  }

  /** Writes it; waits while too many are not acknowledged. */
  void send(Load.Mail mail) throws InterruptedException {
    String topic = topics.requests(mail.lane());
    byte[] value = serializer.serialize(topic, mail.request());
    mail.request()
        .getTo()
        .forEach(to ->
            addresses.putIfAbsent(Id.ofText(RecipientKey.of(to.getAddress())), to.getAddress()));
    room.acquire();
    var _ =
        producer.send(
            new ProducerRecord<>(topic, mail.key(), value),
            (record, e) -> {
              room.release();
              if (e == null) {
                accepted(mail, record);
              } else {
                mail.expected().forEach(expected -> unknown.add(expected.delivery()));
              }
            });
    mail.suppress().ifPresent(this::suppress);
  }

  private void accepted(Load.Mail mail, RecordMetadata record) {
    Origin origin =
        new Origin(mail.lane() == Lane.TRANSACTIONAL, record.partition(), record.offset());
    for (Load.Expected expected : mail.expected()) {
      history.add(
          new History.Accepted(
              origin,
              expected.recipient(),
              expected.delivery(),
              expected.valid(),
              expected.resends(),
              expected.evidence()));
      recipients.incrementAndGet();
    }
    requests.incrementAndGet();
  }

  private void suppress(String address) {
    String topic = topics.suppressionCommands();
    SuppressionCommand command =
        SuppressionCommand.newBuilder()
            .setCommandId("suppress-" + address)
            .setAction(CommandAction.ADD)
            .setAddress(address)
            .setIssuedAt(Instant.now())
            .build();
    var _ =
        producer.send(
            new ProducerRecord<>(
                topic,
                RecipientKey.of(address).getBytes(StandardCharsets.UTF_8),
                serializer.serialize(topic, command)));
  }

  /** Whether Kafka has all. */
  boolean isFlushed() {
    return room.availablePermits() == UNACKNOWLEDGED;
  }

  /** How many requests Kafka acknowledged. */
  int requests() {
    return requests.get();
  }

  /** How many results they must have. */
  int recipients() {
    return recipients.get();
  }

  /** What may or may not have been accepted. */
  Set<Id> unknown() {
    return unknown;
  }

  @Override
  public void close() {
    producer.close(CLOSE);
    serializer.close();
  }
}

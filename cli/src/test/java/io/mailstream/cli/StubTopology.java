package io.mailstream.cli;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Stands in for the pipeline: answers each request with a result for each recipient, in a
 * transaction as the real one does. {@code refused@…} is REJECTED; {@code silent@…} gets no result;
 * for {@code aborted@…} a FAILED result is written first, in a transaction that is aborted. And for
 * the ESP: what is SENT is DELIVERED, but {@code bounced@…} is BOUNCED, and of {@code quiet@…}
 * nothing is heard. A cancellation is answered with CANCELLED.
 */
@SuppressWarnings("try") // closing may be interrupted, as joining a thread may
final class StubTopology implements AutoCloseable {

  private final Topics topics;
  private final KafkaConsumer<String, Object> consumer;
  private final KafkaProducer<String, Object> producer;
  private final List<ConsumerRecord<String, Object>> seen =
      Collections.synchronizedList(new ArrayList<>());
  private final Thread thread;
  private volatile boolean stopping;

  StubTopology(String bootstrap, String registry, Topics topics) {
    this.topics = topics;
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrap);
    config.put("schema.registry.url", registry);
    Map<String, Object> producing = new HashMap<>(config);
    producing.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.prefix() + "stub");
    MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
    serializer.configure(producing, false);
    producer = new KafkaProducer<>(producing, new StringSerializer(), serializer);
    producer.initTransactions();
    MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
    deserializer.configure(config, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    consumer = new KafkaConsumer<>(config, new StringDeserializer(), deserializer);
    consumer.assign(
        Stream.concat(
                Arrays.stream(Lane.values()).map(topics::requests),
                Stream.of(topics.cancellations()))
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList());
    thread = Thread.ofPlatform().name("stub-topology").start(this::run);
  }

  /** The request records that came, in the order they came. */
  List<ConsumerRecord<String, Object>> seen() {
    return List.copyOf(seen);
  }

  private void run() {
    while (!stopping) {
      ConsumerRecords<String, Object> records = consumer.poll(Duration.ofMillis(50));
      if (!records.isEmpty()) {
        records.forEach(this::abort);
        producer.beginTransaction();
        records.forEach(this::answer);
        producer.commitTransaction();
        records.forEach(seen::add);
      }
    }
  }

  private void abort(ConsumerRecord<String, Object> record) {
    List<String> addresses =
        addresses(record).filter(address -> address.startsWith("aborted@")).toList();
    if (!addresses.isEmpty()) {
      producer.beginTransaction();
      addresses.forEach(address -> send(record, address, ResultStatus.FAILED));
      producer.flush();
      producer.abortTransaction();
    }
  }

  private void answer(ConsumerRecord<String, Object> record) {
    if (record.value() instanceof Cancellation cancellation) {
      cancel(record, cancellation);
      return;
    }
    addresses(record)
        .filter(address -> !address.startsWith("silent@"))
        .forEach(address -> {
          if (address.startsWith("refused@")) {
            send(record, address, ResultStatus.REJECTED);
          } else {
            report(record, address);
            send(record, address, ResultStatus.SENT);
          }
        });
  }

  private void cancel(ConsumerRecord<String, Object> record, Cancellation cancellation) {
    SendRequest request =
        SendRequest.newBuilder()
            .setRequestId(cancellation.getIdempotencyKey())
            .setTenant(cancellation.getTenant())
            .setStream("any")
            .setFrom(Mailbox.newBuilder().setAddress("x@example.com").build())
            .setContent(InlineContent.newBuilder().build())
            .build();
    if (!cancellation.getRecipient().startsWith("silent@")) {
      send(record, request, cancellation.getRecipient(), ResultStatus.CANCELLED);
    }
  }

  private static String deliveryId(SendRequest request, String address) {
    return DeliveryId.of(
        request.getTenant(),
        Objects.requireNonNullElse(request.getIdempotencyKey(), request.getRequestId()),
        RecipientKey.of(address));
  }

  private void report(ConsumerRecord<String, Object> record, String address) {
    if (address.startsWith("quiet@")) {
      return;
    }
    SendRequest request = (SendRequest) record.value();
    Instant now = Instant.ofEpochMilli(record.timestamp());
    boolean isBounced = address.startsWith("bounced@");
    var _ =
        producer.send(
            new ProducerRecord<>(
                topics.feedback(),
                RecipientKey.of(address),
                FeedbackEvent.newBuilder()
                    .setEventId(UUID.randomUUID().toString())
                    .setProvider("stub")
                    .setType(isBounced ? FeedbackType.BOUNCED : FeedbackType.DELIVERED)
                    .setRecipient(address)
                    .setDeliveryId(deliveryId(request, address))
                    .setBounce(
                        isBounced
                            ? new Bounce(
                                BounceClass.PERMANENT,
                                BounceCategory.INVALID_RECIPIENT,
                                "5.1.1",
                                "550 no " + address,
                                null)
                            : null)
                    .setOccurredAt(now)
                    .setReceivedAt(now)
                    .build()));
  }

  private static Stream<String> addresses(ConsumerRecord<String, Object> record) {
    if (!(record.value() instanceof SendRequest request)) {
      return Stream.of();
    }
    return Stream.of(request.getTo(), request.getCc(), request.getBcc())
        .flatMap(List::stream)
        .map(Recipient::getAddress);
  }

  private void send(ConsumerRecord<String, Object> record, String address, ResultStatus status) {
    send(record, (SendRequest) record.value(), address, status);
  }

  private void send(
      ConsumerRecord<String, Object> record,
      SendRequest request,
      String address,
      ResultStatus status) {
    Instant now = Instant.ofEpochMilli(record.timestamp());
    var _ =
        producer.send(
            new ProducerRecord<>(
                topics.results(),
                address,
                SendResult.newBuilder()
                    .setRequestId(request.getRequestId())
                    .setDeliveryId(deliveryId(request, address))
                    .setAccount("stub")
                    .setProviderMessageId("m-" + request.getRequestId())
                    .setTenant(request.getTenant())
                    .setStream(request.getStream())
                    .setRecipient(address)
                    .setLane(Lane.TRANSACTIONAL)
                    .setStatus(status)
                    .setReasons(
                        status == ResultStatus.REJECTED
                            ? List.of(ReasonCode.SUPPRESSED)
                            : List.of())
                    .setOrigin(
                        new RecordOrigin(record.topic(), record.partition(), record.offset()))
                    .setAcceptedAt(now)
                    .setCompletedAt(now)
                    .build()));
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    thread.join();
    consumer.close();
    producer.close();
  }
}

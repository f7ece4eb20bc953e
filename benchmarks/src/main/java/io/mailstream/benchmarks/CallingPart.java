package io.mailstream.benchmarks;

import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import software.amazon.awssdk.services.sesv2.SesV2Client;

/**
 * The least that sends mail out of Kafka and says there what became of it: it reads Avro, posts a
 * ready body by the cheapest client, and writes ten bytes and its offsets in a transaction ten
 * times a second. Nothing is composed, decided or written ahead: killed, it sends twice.
 */
final class CallingPart {

  private static final Duration COMMIT = Duration.ofMillis(100);
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final byte[] SENT = "SENT by it".getBytes(StandardCharsets.US_ASCII);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final MailstreamAvroDeserializer avro = new MailstreamAvroDeserializer();
  private final String out;
  private final SesV2Client ses;
  private final byte[] body = SdkLoop.ready(SdkLoop.BODY_BYTES);
  private final Semaphore free;
  private final Queue<ConsumerRecord<byte[], byte[]>> answered = new ConcurrentLinkedQueue<>();
  private final Map<TopicPartition, NavigableSet<Long>> open = new HashMap<>();
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private long committedAt = System.nanoTime();

  private CallingPart(
      String brokers, String registry, String in, String out, URI endpoint, int atOnce) {
    this.out = out;
    ses = SdkLoop.cheapest(endpoint, atOnce);
    free = new Semaphore(atOnce);
    avro.configure(Map.of("schema.registry.url", registry), false);
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                brokers,
                "group.id",
                out,
                "enable.auto.commit",
                false,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "session.timeout.ms",
                600_000,
                "max.poll.interval.ms",
                1_800_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of(in));
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                brokers,
                "transactional.id",
                out,
                "batch.size",
                131_072,
                "linger.ms",
                1_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
  }

  /** Starts one, and returns when it works. */
  static Part start(Lab lab, String id, String in, String out, URI endpoint, int atOnce)
      throws IOException {
    Path directory = lab.directory();
    Part part =
        Part.java(
            id,
            directory,
            "768m",
            CallingPart.class.getName(),
            lab.bootstrap(),
            lab.registry(),
            in,
            out,
            endpoint.toString(),
            String.valueOf(atOnce));
    part.awaitReady();
    return part;
  }

  /**
   * Runs until its parent ends.
   *
   * @param args brokers, registry, topic in, topic out, endpoint of SES, calls at once
   */
  public static void main(String[] args) throws InterruptedException {
    CallingPart part =
        new CallingPart(
            args[0], args[1], args[2], args[3], URI.create(args[4]), Integer.parseInt(args[5]));
    System.out.println(Part.READY);
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    while (parent.isAlive()) {
      for (ConsumerRecord<byte[], byte[]> record : part.consumer.poll(COMMIT)) {
        part.take(record);
      }
      part.commitIfDue();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    if (avro.deserialize(record.topic(), record.value()) == null) {
      throw new IllegalStateException("a tombstone where a delivery is expected");
    }
    while (!free.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      commitIfDue();
    }
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    open.computeIfAbsent(partition, p -> new TreeSet<>()).add(record.offset());
    next.put(partition, record.offset() + 1);
    Thread.ofVirtual()
        .start(() -> {
          SdkLoop.post(ses, body);
          answered.add(record);
          free.release();
        });
    commitIfDue();
  }

  private void commitIfDue() {
    if (System.nanoTime() - committedAt < COMMIT.toNanos()) {
      return;
    }
    if (!answered.isEmpty()) {
      producer.beginTransaction();
      for (ConsumerRecord<byte[], byte[]> record = answered.poll();
          record != null;
          record = answered.poll()) {
        var _ = producer.send(new ProducerRecord<>(out, record.key(), SENT));
        open.get(new TopicPartition(record.topic(), record.partition())).remove(record.offset());
      }
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      open.forEach((partition, calls) ->
          offsets.put(
              partition,
              new OffsetAndMetadata(calls.isEmpty() ? next.get(partition) : calls.first())));
      producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
      producer.commitTransaction();
    }
    committedAt = System.nanoTime();
  }
}

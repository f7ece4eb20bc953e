package io.mailstream.streams.topology;

import io.mailstream.app.StreamsAppConfig;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroSerde;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.state.HostInfo;

/** The topology on a real broker and registry, under a prefix of its own. */
final class LiveMail implements AutoCloseable {

  static final Duration DEADLINE = Duration.ofSeconds(90);

  final Topics topics;
  final int partitions;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Admin admin;
  final String applicationId;
  private final MailstreamAvroSerde<SpecificRecord> avro = new MailstreamAvroSerde<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final Path directory;
  private final Map<String, String> overrides;
  private final String policies;
  private final long startedAt = System.currentTimeMillis();
  private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
  private MailStreams running;

  LiveMail(Path directory, int partitions, String policies, Map<String, String> overrides) {
    String prefix = EmbeddedKafka.uniquePrefix();
    this.directory = directory;
    this.partitions = partitions;
    this.policies = policies;
    this.overrides = overrides;
    this.applicationId = prefix + "app";
    this.topics = new Topics(prefix);
    this.admin = Admin.create(Map.of("bootstrap.servers", brokers()));
    TopicSetup.createMissing(admin, topics, partitions, (short) 1);
    avro.configure(Map.of("schema.registry.url", EmbeddedRegistry.shared().url()), false);
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                brokers(),
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Topics.MAX_MAIL_BYTES,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                // On a new topic a broker takes the second batch first, and never the first again.
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static String brokers() {
    return SharedKafka.bootstrapServers();
  }

  Map<String, String> settings() {
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve("policies.yaml");
      Files.writeString(file, policies);
      Map<String, String> settings = new HashMap<>();
      settings.put("bootstrap.servers", brokers());
      settings.put("schema.registry.url", EmbeddedRegistry.shared().url());
      settings.put("topics.prefix", topics.prefix());
      settings.put("policies.file", file.toString());
      settings.put("role", "topology");
      settings.put("topology.application.id", applicationId);
      settings.put("topology.state.dir", directory.resolve("state").toString());
      settings.put("topology.standbys", "0");
      settings.put("topology.threads", "1");
      settings.put("streams.main.consumer.session.timeout.ms", "2000");
      settings.put("streams.main.consumer.heartbeat.interval.ms", "300");
      settings.putAll(overrides);
      return settings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LiveMail start() {
    running =
        new MailStreams(
            new StreamsAppConfig(settings()),
            PolicyLoader.load(policies),
            meters,
            Tracing.OFF,
            InstantSource.system(),
            new HostInfo("127.0.0.1", 1));
    running.start();
    return this;
  }

  LiveMail awaitReady() {
    await("the topology is ready", () -> running.readiness().isUp());
    return this;
  }

  MailStreams running() {
    return running;
  }

  void send(String topic, byte[] key, SpecificRecord record) {
    raw(topic, null, key, avro.serializer().serialize(topic, record));
  }

  byte[] bytes(String topic, SpecificRecord record) {
    return avro.serializer().serialize(topic, record);
  }

  void raw(String topic, Integer partition, byte[] key, byte[] value) {
    var _ =
        producer.send(
            new ProducerRecord<>(topic, partition, key, value),
            (metadata, error) -> {
              if (error != null) {
                failures.add(error);
              }
            });
  }

  /** When this was made, in milliseconds since the epoch. */
  long startedAt() {
    return startedAt;
  }

  /** How far the topology has committed in a partition that it reads; 0: nothing yet. */
  long committed(TopicPartition partition) {
    try {
      OffsetAndMetadata offset =
          admin
              .listConsumerGroupOffsets(applicationId)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(partition);
      return offset == null ? 0 : offset.offset();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  void flush() {
    producer.flush();
    if (!failures.isEmpty()) {
      throw new AssertionError("the test's own producer failed", failures.peek());
    }
  }

  SpecificRecord record(ConsumerRecord<byte[], byte[]> record) {
    return avro.deserializer().deserialize(record.topic(), record.value());
  }

  /** Reads committed records of the topics until the condition holds; fails at the deadline. */
  List<ConsumerRecord<byte[], byte[]>> read(
      Set<String> names, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> all =
          consumer.listTopics().entrySet().stream()
              .filter(topic -> names.contains(topic.getKey()))
              .flatMap(topic ->
                  topic.getValue().stream()
                      .map(info -> new TopicPartition(info.topic(), info.partition())))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long deadline = System.nanoTime() + DEADLINE.toNanos();
      while (!enough.test(records)) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "after %s only %d records in %s".formatted(DEADLINE, records.size(), names));
        }
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
    return read(Set.of(topic), records -> records.size() >= count);
  }

  /** All that lies in the topics now, committed or not being told apart by the last offset. */
  List<ConsumerRecord<byte[], byte[]>> readAll(Set<String> names) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> all =
          consumer.listTopics().entrySet().stream()
              .filter(topic -> names.contains(topic.getKey()))
              .flatMap(topic ->
                  topic.getValue().stream()
                      .map(info -> new TopicPartition(info.topic(), info.partition())))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      await(
          "all of " + names,
          () -> {
            consumer.poll(Duration.ofMillis(50)).forEach(records::add);
            return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
          });
    }
    return records;
  }

  /** Topics of this application whose names end so. */
  Set<String> internalTopics(String suffix) {
    try {
      return admin.listTopics().names().get().stream()
          .filter(name -> name.startsWith(applicationId) && name.endsWith(suffix))
          .collect(Collectors.toSet());
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            brokers(),
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            5000),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + DEADLINE + ": " + what);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  void stop() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  @Override
  public void close() {
    stop();
    producer.close();
    admin.close();
    avro.close();
  }
}

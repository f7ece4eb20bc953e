package io.mailstream.sender;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of one test, under a prefix of their own, and what writes and reads them. */
final class TestTopics implements AutoCloseable {

  static final int PARTITIONS = 2;

  final Topics topics = new Topics(EmbeddedKafka.uniquePrefix());
  final Admin admin;
  final MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
  final MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
  private final Map<String, String> services;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, Tail> tails = new HashMap<>();

  TestTopics(String brokers, String registryUrl) {
    services = Map.of("bootstrap.servers", brokers, "schema.registry.url", registryUrl);
    admin = Admin.create(client(Map.of()));
    producer =
        new KafkaProducer<>(
            // On a new topic a broker takes the second batch first, and never the first again.
            client(
                Map.of("max.request.size", 12_000_000, "max.in.flight.requests.per.connection", 1)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    serializer.configure(services, false);
    deserializer.configure(services, false);
    TopicSetup.createMissing(admin, topics, PARTITIONS, (short) 1);
  }

  private Map<String, Object> client(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", services.get("bootstrap.servers"));
    return settings;
  }

  /** What every service needs to find broker, registry and these topics. */
  Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(services);
    settings.put("topics.prefix", topics.prefix());
    return settings;
  }

  /** The group of the senders, whose members that die are missed soon. */
  String senderGroup(Duration sessionTimeout) {
    String group = topics.prefix() + "sender";
    String timeout = String.valueOf(sessionTimeout.toMillis());
    get(
        admin
            .incrementalAlterConfigs(
                Map.of(
                    new ConfigResource(ConfigResource.Type.GROUP, group),
                    List.of(
                        set("consumer.session.timeout.ms", timeout),
                        set("consumer.heartbeat.interval.ms", "300"))))
            .all());
    return group;
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  /** Writes an Avro record, acknowledged when the future is there. */
  Future<RecordMetadata> send(String topic, byte[] key, SpecificRecord value) {
    return producer.send(new ProducerRecord<>(topic, key, serializer.serialize(topic, value)));
  }

  /** Writes bytes, and returns when they are acknowledged. */
  void produce(String topic, String key, byte[] value) {
    get(producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value)));
  }

  /** All committed records of a topic so far, read on from the last time. */
  <T> List<T> read(String topic, Class<T> type) {
    return readRaw(topic).stream()
        .map(record -> type.cast(deserializer.deserialize(topic, record.headers(), record.value())))
        .toList();
  }

  /** All committed records of a topic so far as they are. */
  List<ConsumerRecord<byte[], byte[]>> readRaw(String topic) {
    return tails.computeIfAbsent(topic, Tail::new).read();
  }

  /** The partitions of a topic. */
  static List<TopicPartition> partitions(String topic) {
    return IntStream.range(0, PARTITIONS)
        .mapToObj(partition -> new TopicPartition(topic, partition))
        .toList();
  }

  private final class Tail {
    private final Consumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();

    Tail(String topic) {
      consumer =
          new KafkaConsumer<>(
              client(
                  Map.of(
                      "isolation.level",
                      "read_committed",
                      "auto.offset.reset",
                      "earliest",
                      "fetch.max.wait.ms",
                      50)),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      consumer.assign(partitions(topic));
      consumer.seekToBeginning(partitions(topic));
    }

    List<ConsumerRecord<byte[], byte[]>> read() {
      consumer.poll(Duration.ofMillis(100)).forEach(all::add);
      return all;
    }
  }

  static <T> T get(KafkaFuture<T> future) {
    return get(future.toCompletionStage().toCompletableFuture());
  }

  static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    tails.values().forEach(tail -> tail.consumer.close());
    producer.close();
    admin.close();
    serializer.close();
    deserializer.close();
  }
}

package io.mailstream.deployment.acl;

import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Plain Kafka clients that log in as one of the users. */
final class User implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final Map<String, Object> settings = new HashMap<>();
  private final MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
  private final MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
  private KafkaProducer<byte[], byte[]> producer;

  User(Map<String, String> client, String registryUrl) {
    settings.putAll(client);
    settings.put("max.block.ms", "10000");
    settings.put("default.api.timeout.ms", "10000");
    serializer.configure(Map.of("schema.registry.url", registryUrl), false);
    deserializer.configure(Map.of("schema.registry.url", registryUrl), false);
  }

  /** Settings of a client of this user. */
  Map<String, Object> settings() {
    return new HashMap<>(settings);
  }

  /** Writes a record of Avro and waits for the brokers; without a key it may lie anywhere. */
  void write(String topic, byte[] key, Object value) throws Exception {
    writeBytes(topic, key, serializer.serialize(topic, value));
  }

  /** Writes bytes and waits for the brokers. */
  void writeBytes(String topic, byte[] key, byte[] value) throws Exception {
    if (producer == null) {
      producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
    try {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : e;
    }
  }

  /**
   * Waits for a record of a topic, from its beginning, in a consumer group.
   *
   * @param group its name; empty: no group
   */
  <T> Optional<T> await(
      String topic, Optional<String> group, Class<T> type, Predicate<T> wanted, Duration atMost) {
    Map<String, Object> config = settings();
    config.put("auto.offset.reset", "earliest");
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", group.isPresent());
    group.ifPresent(name -> config.put("group.id", name));
    long deadline = System.nanoTime() + atMost.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      if (group.isPresent()) {
        consumer.subscribe(List.of(topic));
      } else {
        consumer.assign(partitions(consumer, topic));
      }
      while (System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          Object value =
              type == byte[].class
                  ? record.value()
                  : deserializer.deserialize(topic, record.headers(), record.value());
          if (type.isInstance(value) && wanted.test(type.cast(value))) {
            return Optional.of(type.cast(value));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
    List<TopicPartition> partitions = new ArrayList<>();
    consumer
        .partitionsFor(topic)
        .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    return partitions;
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close(Duration.ofSeconds(1));
    }
    serializer.close();
    deserializer.close();
  }
}

package io.mailstream.cli;

import io.mailstream.schemas.serde.AvroSerdeConfig;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.schemas.serde.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Reads a topic: all partitions, no consumer group, nothing of aborted transactions.
 *
 * @param <T> what its records hold
 */
final class TopicReader<T> implements AutoCloseable {

  private final Terminal terminal;
  private final Class<T> type;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Deserializer<?> deserializer;
  private final List<TopicPartition> partitions;
  private Map<TopicPartition, Long> ends = Map.of();

  /** Where to begin. */
  enum From {
    BEGINNING,
    END
  }

  TopicReader(Settings settings, Terminal terminal, String topic, Class<T> type, From from) {
    this.terminal = terminal;
    this.type = type;
    Map<String, Object> config = settings.client();
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try {
      consumer = new KafkaConsumer<>(config, bytes, bytes);
      deserializer =
          Utils.newInstance(
              settings.className(
                  AvroSerdeConfig.DESERIALIZER_CLASS, MailstreamAvroDeserializer.class),
              Deserializer.class);
      deserializer.configure(config, false);
    } catch (ClassNotFoundException e) {
      throw new CliException(Exit.USAGE, "there is no class " + e.getMessage(), e);
    } catch (KafkaException e) {
      throw Cluster.misconfigured(e);
    }
    partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    if (from == From.BEGINNING) {
      consumer.seekToBeginning(partitions);
    } else {
      consumer.seekToEnd(partitions);
    }
    // Seeking is lazy: without this, END would be wherever the topic ends at the first poll.
    partitions.forEach(consumer::position);
  }

  /** The next records, if any come within the time. */
  List<T> poll(Duration time) {
    List<T> read = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
        T value = read(record);
        if (value != null) {
          read.add(value);
        }
      }
    } catch (WakeupException | InterruptException e) {
      return List.of();
    }
    return read;
  }

  /** Remembers where the topic ends now, for {@link #reachedEnds}. */
  void markEnds() {
    ends = consumer.endOffsets(partitions);
  }

  /** Whether everything up to the marked ends was read. */
  boolean reachedEnds() {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private T read(ConsumerRecord<byte[], byte[]> record) {
    try {
      Object value = deserializer.deserialize(record.topic(), record.headers(), record.value());
      if (type.isInstance(value)) {
        return type.cast(value);
      }
    } catch (SerializationException e) {
      terminal
          .err()
          .printf(
              "%s-%d@%d cannot be read: %s%n",
              record.topic(), record.partition(), record.offset(), e.getMessage());
      return null;
    } catch (KafkaException e) {
      if (RegistryUnavailableException.isBehind(e)) {
        throw new CliException(
            Exit.UNAVAILABLE, "the schema registry cannot be reached: " + e.getMessage(), e);
      }
      throw e;
    }
    terminal
        .err()
        .printf(
            "%s-%d@%d is no %s%n",
            record.topic(), record.partition(), record.offset(), type.getSimpleName());
    return null;
  }

  @Override
  public void close() {
    consumer.close();
    deserializer.close();
  }
}

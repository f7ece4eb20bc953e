package io.mailstream.cli;

import io.mailstream.schemas.serde.AvroSerdeConfig;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.schemas.serde.RegistryUnavailableException;
import io.mailstream.v1.SendResult;
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

/** Reads mail.results: all partitions, no consumer group, nothing of aborted transactions. */
final class ResultReader implements AutoCloseable {

  private final Terminal terminal;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Deserializer<?> deserializer;
  private final List<TopicPartition> partitions;
  private Map<TopicPartition, Long> ends = Map.of();

  /** Where to begin. */
  enum From {
    BEGINNING,
    END
  }

  ResultReader(Settings settings, Terminal terminal, From from) {
    this.terminal = terminal;
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
        consumer.partitionsFor(settings.topics().results()).stream()
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

  /** The next results, if any come within the time. */
  List<SendResult> poll(Duration time) {
    List<SendResult> results = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
        SendResult result = read(record);
        if (result != null) {
          results.add(result);
        }
      }
    } catch (WakeupException | InterruptException e) {
      return List.of();
    }
    return results;
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

  private SendResult read(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (deserializer.deserialize(record.topic(), record.headers(), record.value())
          instanceof SendResult result) {
        return result;
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
        .printf("%s-%d@%d is no SendResult%n", record.topic(), record.partition(), record.offset());
    return null;
  }

  @Override
  public void close() {
    consumer.close();
    deserializer.close();
  }
}

package io.mailstream.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the dead letters that are there now: all partitions, no consumer group. */
final class DeadLetterReader {

  private static final Duration POLL = Duration.ofMillis(500);

  private final Settings settings;

  DeadLetterReader(Settings settings) {
    this.settings = settings;
  }

  /**
   * Hands on those that fit, in the order of each partition.
   *
   * @param goOn asked before each; where it says no, the rest is left
   */
  void read(DeadLetterFilter filter, Predicate<Long> goOn, Consumer<DeadLetter> use) {
    String topic = settings.topics().deadLetters();
    try (Cluster cluster = Cluster.connect(settings)) {
      cluster.requireTopics(List.of(topic));
    }
    Map<String, Object> config = settings.client();
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, bytes, bytes)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      // What a replay brings back here is not for the same run.
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long used = 0;
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          long end = ends.get(new TopicPartition(topic, record.partition()));
          DeadLetter letter = new DeadLetter(record);
          if (record.offset() < end && filter.fits(letter)) {
            if (!goOn.test(used)) {
              return;
            }
            use.accept(letter);
            used++;
          }
        }
      }
    } catch (KafkaException e) {
      throw Cluster.explain(settings, e);
    }
  }
}

package io.mailstream.streams.topology;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A consumer whose urgent partitions are fetched also while one fetch of what can wait is being
 * worked off.
 *
 * <p>A consumer asks a broker for nothing more while it holds fetched records of that broker. A
 * fetch is bounded in bytes, compressed: a few kilobytes of newsletters that resemble each other
 * unpack into thousands, and an urgent record would wait for all of them. So after each poll that
 * what can wait has filled, one poll follows in which that is paused: it asks for the urgent
 * partitions alone, does not wait, and loses nothing of what is already fetched.
 */
final class UrgentFirstConsumer extends KafkaConsumer<byte[], byte[]> {

  private final Predicate<TopicPartition> canWait;
  private final int full;
  private final Set<TopicPartition> setAside = new HashSet<>();
  private boolean backlog;

  /**
   * A consumer.
   *
   * @param canWait tells the partitions that stand back
   * @param full {@code max.poll.records}: as many records as this are probably not all
   */
  UrgentFirstConsumer(Map<String, Object> config, Predicate<TopicPartition> canWait, int full) {
    super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.canWait = canWait;
    this.full = full;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    if (backlog) {
      ConsumerRecords<byte[], byte[]> urgent = pollUrgent();
      if (!urgent.isEmpty() || !urgent.nextOffsets().isEmpty()) {
        return urgent;
      }
    }
    ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
    backlog = records.count() >= full && records.partitions().stream().anyMatch(canWait);
    return records;
  }

  private ConsumerRecords<byte[], byte[]> pollUrgent() {
    Set<TopicPartition> alreadyPaused = paused();
    assignment().stream()
        .filter(canWait.and(partition -> !alreadyPaused.contains(partition)))
        .forEach(setAside::add);
    super.pause(setAside);
    try {
      return super.poll(Duration.ZERO);
    } finally {
      setAside.retainAll(assignment());
      super.resume(setAside);
      setAside.clear();
    }
  }

  /** Whoever pauses a partition, in a rebalance inside the poll, keeps it paused. */
  @Override
  public void pause(Collection<TopicPartition> partitions) {
    setAside.removeAll(partitions);
    super.pause(partitions);
  }
}

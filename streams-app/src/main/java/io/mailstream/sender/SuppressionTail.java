package io.mailstream.sender;

import io.mailstream.schemas.RecipientHash;
import io.mailstream.v1.Suppression;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last gate: reads the suppressions of the partitions whose mail this instance sends, from the
 * oldest dispatch that is unfinished, and says of each view up to when it is complete.
 *
 * <p>A view is complete as of the moment at which the end of the partition was asked for, once
 * everything below that end has been read. Whatever fails — brokers, registry, this thread — no
 * view becomes complete any more, and after a while no call starts: it fails closed.
 */
final class SuppressionTail implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SuppressionTail.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration ASK = Duration.ofSeconds(5);
  private static final Duration RESTART = Duration.ofSeconds(1);
  private static final long STOP_BOUND_MS = 2_000;

  private final String topic;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final RecordCodec codec;
  private final RecipientHash hash;
  private final long endInterval;
  private final Thread thread;

  /** What the send loop wants read, and from when; its values are only ever replaced. */
  private final Map<Integer, Long> wanted = new ConcurrentHashMap<>();

  private final Map<Integer, SuppressionView> views = new ConcurrentHashMap<>();
  private final Map<Integer, Long> forget = new ConcurrentHashMap<>();

  /** For the tail's thread: from when each partition is being read. */
  private final Map<TopicPartition, Long> reading = new HashMap<>();

  /** For the tail's thread: how far each partition must be read to be complete as of when. */
  private final Map<TopicPartition, Goal> goals = new HashMap<>();

  private long askedAt;
  private volatile boolean stopping;
  private volatile String trouble = "";

  private record Goal(long end, long askedAt) {}

  /**
   * A tail that reads nothing yet.
   *
   * @param consumers makes its consumer: read_committed, without a group, from the earliest where
   *     an offset is gone
   * @param hash what stands for addresses in the topic
   * @param maxAge how old the views may be: the end is asked for four times as often
   */
  SuppressionTail(
      String topic,
      Supplier<Consumer<byte[], byte[]>> consumers,
      RecordCodec codec,
      RecipientHash hash,
      Duration maxAge) {
    this.topic = topic;
    this.consumers = consumers;
    this.codec = codec;
    this.hash = hash;
    this.endInterval = maxAge.toNanos() / 4;
    this.thread = Thread.ofPlatform().name("mailstream-suppression-tail").unstarted(this::run);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * Asks for a partition to be read from a point in time; an earlier one than before starts it
   * anew.
   *
   * @param from milliseconds since the epoch
   */
  void watch(int partition, long from) {
    wanted.merge(partition, from, Math::min);
    views.computeIfAbsent(partition, p -> new SuppressionView(hash));
  }

  /** A partition is read no more. */
  void unwatch(int partition) {
    wanted.remove(partition);
    views.remove(partition);
    forget.remove(partition);
  }

  /** What was suppressed before a point in time no longer matters for a partition. */
  void forgetBefore(int partition, long timestamp) {
    if (wanted.computeIfPresent(partition, (p, from) -> Math.max(from, timestamp)) != null) {
      forget.put(partition, timestamp);
    }
  }

  /** The view of a partition; null: it is not watched. */
  SuppressionView view(int partition) {
    return views.get(partition);
  }

  /** From when on a partition is watched, in milliseconds; the largest number: not at all. */
  long watchedFrom(int partition) {
    return wanted.getOrDefault(partition, Long.MAX_VALUE);
  }

  /** How many addresses are in view. */
  int size() {
    return views.values().stream().mapToInt(SuppressionView::size).sum();
  }

  /** What keeps it from reading, for people; empty: nothing. */
  String trouble() {
    return trouble;
  }

  private void run() {
    while (!stopping) {
      try (Consumer<byte[], byte[]> consumer = consumers.get()) {
        reading.clear();
        goals.clear();
        askedAt = System.nanoTime() - endInterval;
        while (!stopping) {
          round(consumer);
          trouble = "";
        }
      } catch (InterruptException e) {
        LOG.debug("The tail of the suppressions is interrupted", e);
      } catch (KafkaException e) {
        trouble = "the suppressions cannot be read: " + e.getMessage();
        LOG.warn("The tail of {} starts anew: {}", topic, e.toString());
        pause(RESTART);
      } catch (RuntimeException e) {
        trouble = "the suppressions cannot be read: " + e;
        LOG.error("The tail of {} starts anew", topic, e);
        pause(RESTART);
      }
    }
  }

  private void pause(Duration time) {
    try {
      synchronized (wanted) {
        if (!stopping) {
          wanted.wait(time.toMillis());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void round(Consumer<byte[], byte[]> consumer) {
    assign(consumer);
    if (reading.isEmpty()) {
      pause(POLL);
      return;
    }
    ask(consumer);
    read(consumer.poll(POLL));
    goals
        .entrySet()
        .removeIf(goal -> {
          if (consumer.position(goal.getKey(), ASK) < goal.getValue().end) {
            return false;
          }
          SuppressionView view = views.get(goal.getKey().partition());
          if (view != null) {
            view.completeAt(goal.getValue().askedAt);
          }
          return true;
        });
    forgetOld();
  }

  /** Sets new goals where the last was reached; one that was not stays, however the log grows. */
  private void ask(Consumer<byte[], byte[]> consumer) {
    long now = System.nanoTime();
    if (now - askedAt < endInterval) {
      return;
    }
    Set<TopicPartition> reached = new HashSet<>(reading.keySet());
    reached.removeAll(goals.keySet());
    if (reached.isEmpty()) {
      return;
    }
    askedAt = now;
    consumer.endOffsets(reached, ASK).forEach((id, end) -> goals.put(id, new Goal(end, now)));
  }

  private void assign(Consumer<byte[], byte[]> consumer) {
    Map<TopicPartition, Long> anew = new HashMap<>();
    Set<TopicPartition> assignment = new HashSet<>();
    wanted.forEach((partition, from) -> {
      TopicPartition id = new TopicPartition(topic, partition);
      assignment.add(id);
      Long before = reading.get(id);
      if (before == null || from < before) {
        anew.put(id, from);
      }
    });
    if (anew.isEmpty() && assignment.equals(reading.keySet())) {
      return;
    }
    for (TopicPartition id : anew.keySet()) {
      SuppressionView view = views.get(id.partition());
      if (view != null) {
        view.incomplete();
      }
      goals.remove(id);
    }
    reading.keySet().retainAll(assignment);
    goals.keySet().retainAll(assignment);
    consumer.assign(assignment);
    if (!anew.isEmpty()) {
      seek(consumer, anew);
      askedAt = System.nanoTime() - endInterval;
    }
    reading.putAll(anew);
    LOG.info(
        "Suppressions are read of partitions {}",
        assignment.stream().map(TopicPartition::partition).sorted().toList());
  }

  private void seek(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> from) {
    // The ends first: what comes after them is read in any case, and what comes between the two
    // questions is not missed.
    Map<TopicPartition, Long> end = consumer.endOffsets(from.keySet(), ASK);
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(from, ASK);
    for (TopicPartition id : from.keySet()) {
      OffsetAndTimestamp first = found.get(id);
      consumer.seek(id, first == null ? end.get(id) : Math.min(first.offset(), end.get(id)));
      LOG.debug("{} is read from {}", id, Instant.ofEpochMilli(from.get(id)));
    }
  }

  private void read(ConsumerRecords<byte[], byte[]> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      SuppressionView view = views.get(record.partition());
      if (view == null || record.key() == null) {
        continue;
      }
      String address = new String(record.key(), StandardCharsets.UTF_8);
      if (record.value() == null) {
        view.remove(address);
        continue;
      }
      try {
        if (codec.read(record) instanceof Suppression suppression) {
          view.put(address, suppression, record.timestamp());
        } else {
          view.putUnreadable(address, record.timestamp());
        }
      } catch (SerializationException e) {
        LOG.warn(
            "{}-{}@{} cannot be read; mail to its address is handed back: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            e.getMessage());
        view.putUnreadable(address, record.timestamp());
      }
    }
  }

  private void forgetOld() {
    for (Integer partition : List.copyOf(forget.keySet())) {
      Long before = forget.remove(partition);
      SuppressionView view = views.get(partition);
      if (before != null && view != null) {
        view.forgetBefore(before);
      }
    }
  }

  @Override
  public void close() {
    stopping = true;
    synchronized (wanted) {
      wanted.notifyAll();
    }
    try {
      thread.join(STOP_BOUND_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.mailstream.streams.query;

import io.mailstream.v1.Suppression;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the committed {@code Suppression} that a command leads to: the topology writes one for
 * every command, also where nothing changes. Reads only the partitions that somebody waits for,
 * from their end, and nothing while nobody waits.
 */
final class CommandAnswers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CommandAnswers.class);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration ASK = Duration.ofSeconds(2);
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final long STOP_BOUND_MS = 1_000;

  private final String topic;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Deserializer<SpecificRecord> avro;
  private final Map<String, Waiter> waiting = new ConcurrentHashMap<>();
  private final Object news = new Object();
  private final Thread thread;
  private volatile boolean stopping;

  /**
   * Somebody who waits.
   *
   * @param listening done: an answer can no longer be missed
   * @param answer the record that the command led to
   */
  record Waiter(
      String command,
      int partition,
      CompletableFuture<Void> listening,
      CompletableFuture<Suppression> answer) {}

  /**
   * Begins to run; it reads nothing yet.
   *
   * @param consumers makes its consumer: read_committed, without a group
   */
  CommandAnswers(
      String topic,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Deserializer<SpecificRecord> avro) {
    this.topic = topic;
    this.consumers = consumers;
    this.avro = avro;
    this.thread = Thread.ofVirtual().name("suppression-answers").start(this::run);
  }

  /** Waits for the answer to a command; to be {@link #forget forgotten} whatever comes of it. */
  Waiter expect(String command, int partition) {
    Waiter waiter =
        new Waiter(command, partition, new CompletableFuture<>(), new CompletableFuture<>());
    waiting.put(command, waiter);
    synchronized (news) {
      news.notifyAll();
    }
    return waiter;
  }

  void forget(Waiter waiter) {
    waiting.remove(waiter.command());
  }

  private void run() {
    while (!stopping) {
      try {
        if (waiting.isEmpty()) {
          idle();
          continue;
        }
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
          listen(consumer);
        }
      } catch (InterruptException | InterruptedException e) {
        return;
      } catch (KafkaException e) {
        LOG.warn("Answers to commands cannot be read from {}: {}", topic, e.toString());
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
  }

  /** Until nobody has waited for a while. */
  private void listen(Consumer<byte[], byte[]> consumer) throws InterruptedException {
    Set<Integer> reading = new TreeSet<>();
    while (!stopping) {
      if (waiting.isEmpty()) {
        idle();
        if (waiting.isEmpty()) {
          return;
        }
        // What was written in between is nobody's answer.
        consumer.seekToEnd(consumer.assignment());
        consumer.assignment().forEach(partition -> consumer.position(partition, ASK));
      }
      assign(consumer, reading);
      waiting.values().stream()
          .filter(waiter -> reading.contains(waiter.partition()))
          .forEach(waiter -> waiter.listening().complete(null));
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        answer(record);
      }
    }
  }

  private void assign(Consumer<byte[], byte[]> consumer, Set<Integer> reading) {
    Set<Integer> wanted = new TreeSet<>(reading);
    waiting.values().forEach(waiter -> wanted.add(waiter.partition()));
    if (wanted.equals(reading)) {
      return;
    }
    consumer.assign(
        wanted.stream().map(partition -> new TopicPartition(topic, partition)).toList());
    for (int partition : wanted) {
      if (reading.add(partition)) {
        TopicPartition id = new TopicPartition(topic, partition);
        consumer.seekToEnd(Set.of(id));
        // Seeking is lazy: without this, the end would be wherever it is at the first poll.
        consumer.position(id, ASK);
      }
    }
  }

  private void answer(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null || waiting.isEmpty()) {
      return;
    }
    try {
      if (avro.deserialize(topic, record.headers(), record.value())
          instanceof Suppression suppression) {
        Waiter waiter = waiting.get(suppression.getCausedBy());
        if (waiter != null) {
          waiter.answer().complete(suppression);
        }
      }
    } catch (SerializationException e) {
      LOG.warn(
          "{}-{}@{} cannot be read: {}",
          topic,
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }

  /** Until somebody waits, or for as long as an idle consumer is kept. */
  private void idle() throws InterruptedException {
    long end = System.nanoTime() + IDLE.toNanos();
    synchronized (news) {
      while (!stopping && waiting.isEmpty() && System.nanoTime() < end) {
        news.wait(IDLE.toMillis());
      }
    }
  }

  @Override
  public void close() {
    stopping = true;
    synchronized (news) {
      news.notifyAll();
    }
    try {
      thread.join(STOP_BOUND_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

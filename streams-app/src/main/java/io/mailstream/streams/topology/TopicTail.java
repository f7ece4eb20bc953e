package io.mailstream.streams.topology;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads small topics from their beginning and goes on reading, on a thread of its own, and begins
 * anew where that fails. For what is good to know early and costs nothing but time when it is late.
 */
final class TopicTail implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicTail.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration ASK = Duration.ofSeconds(5);
  private static final Duration RESTART = Duration.ofSeconds(1);
  private static final long STOP_BOUND_MS = 2_000;

  private final List<String> topics;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader;
  private final Runnable afterPoll;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  /**
   * A tail that reads nothing yet.
   *
   * @param consumers makes its consumer, without a group
   * @param reader takes each record; a {@link KafkaException} of it begins anew
   * @param afterPoll runs about once a second, or after each batch
   */
  TopicTail(
      String name,
      List<String> topics,
      Supplier<Consumer<byte[], byte[]>> consumers,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader,
      Runnable afterPoll) {
    this.topics = topics;
    this.consumers = consumers;
    this.reader = reader;
    this.afterPoll = afterPoll;
    this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        follow();
      } while (!stopped.await(RESTART.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("The tail of {} is stopped", topics, e);
    }
  }

  private void follow() {
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      List<TopicPartition> partitions =
          topics.stream()
              .flatMap(topic -> consumer.partitionsFor(topic, ASK).stream())
              .map(found -> new TopicPartition(found.topic(), found.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (stopped.getCount() > 0) {
        consumer.poll(POLL).forEach(reader);
        afterPoll.run();
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.warn("The tail of {} starts anew: {}", topics, e.toString());
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    try {
      thread.join(STOP_BOUND_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

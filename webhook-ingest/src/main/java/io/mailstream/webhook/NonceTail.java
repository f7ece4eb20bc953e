package io.mailstream.webhook;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the nonces that every instance writes, first to the end of what there is, then on and on.
 * Until the end was reached once no callback with a nonce is taken.
 */
final class NonceTail implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NonceTail.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final UsedNonces nonces;
  private final String topic;
  private final Map<String, Object> settings;
  private final InstantSource clock;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile Consumer<byte[], byte[]> consumer;

  private NonceTail(WebhookConfig config, UsedNonces nonces, InstantSource clock) {
    this.nonces = nonces;
    this.topic = topic(config);
    this.settings = settings(config);
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("webhook-nonces").unstarted(this::run);
  }

  static NonceTail start(WebhookConfig config, UsedNonces nonces, InstantSource clock) {
    NonceTail tail = new NonceTail(config, nonces, clock);
    tail.thread.start();
    return tail;
  }

  /** The topic that nonces are written to. */
  static String topic(WebhookConfig config) {
    return new Topics(config.getString(CommonConfig.TOPICS_PREFIX)).webhookNonces().name();
  }

  private static Map<String, Object> settings(WebhookConfig config) {
    Map<String, Object> settings = new HashMap<>(CommonConfig.kafkaClient(config));
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "webhook-ingest-nonces");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
    return settings;
  }

  private void run() {
    try {
      while (!isStopped()) {
        readUntilItFails();
      }
    } finally {
      // Whatever ended it: without it a token of another instance would not be known here.
      nonces.setComplete(false);
    }
  }

  private void readUntilItFails() {
    try (Consumer<byte[], byte[]> mine =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer = mine;
      tail(mine);
    } catch (WakeupException e) {
      log.debug("woken to stop", e);
    } catch (KafkaException e) {
      nonces.setComplete(false);
      log.warn(
          "cannot read topic {}, so Mailgun's callbacks get 503, and will try again: {}",
          topic,
          e.getMessage(),
          e);
      pause();
    }
  }

  private void tail(Consumer<byte[], byte[]> from) {
    List<TopicPartition> partitions =
        from.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("topic %s does not exist: create it".formatted(topic));
    }
    from.assign(partitions);
    // Retention has taken what is too old to matter.
    from.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = from.endOffsets(partitions);
    Instant forgotten = clock.instant();
    while (!isStopped()) {
      for (ConsumerRecord<byte[], byte[]> record : from.poll(POLL)) {
        NonceRecord.read(record.key(), record.value())
            .filter(nonce -> nonce.expiresAt().isAfter(clock.instant()))
            .ifPresent(nonces::use);
      }
      if (!nonces.isComplete()
          && partitions.stream().allMatch(one -> from.position(one) >= ends.get(one))) {
        nonces.setComplete(true);
        log.info("read {} used tokens from topic {}", nonces.size(), topic);
      }
      if (clock.instant().isAfter(forgotten.plus(FORGET_EVERY))) {
        forgotten = clock.instant();
        nonces.forget(forgotten);
      }
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** Until it is tried again, or stopped. */
  private void pause() {
    try {
      stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Only close() interrupts.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    Consumer<byte[], byte[]> last = consumer;
    if (last != null) {
      last.wakeup();
    }
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

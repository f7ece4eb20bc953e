package io.mailstream.quickstart;

import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads topics from now on, and hands out what arrived to who waits for it. */
final class Follower implements AutoCloseable {

  private final KafkaConsumer<String, SpecificRecord> consumer;
  private final Thread thread;
  private final List<SpecificRecord> arrived = new ArrayList<>();
  private RuntimeException failure;

  /** Starts at the end that the topics have at the moment of the call. */
  Follower(String bootstrapServers, String registryUrl, List<String> topics) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("schema.registry.url", registryUrl);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "none");
    settings.put("key.deserializer", StringDeserializer.class);
    settings.put("value.deserializer", MailstreamAvroDeserializer.class);
    consumer = new KafkaConsumer<>(settings);
    List<TopicPartition> partitions =
        topics.stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    thread = Thread.ofPlatform().daemon().name("follower").start(this::read);
  }

  private void read() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<String, SpecificRecord> record :
            consumer.poll(Duration.ofMillis(500))) {
          add(record.value());
        }
      }
    } catch (WakeupException e) {
      fail(new IllegalStateException("closed", e));
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private synchronized void add(SpecificRecord record) {
    arrived.add(record);
    notifyAll();
  }

  private synchronized void fail(RuntimeException e) {
    failure = e;
    notifyAll();
  }

  /** The first record of a type that arrived, or arrives in time, and matches. */
  <T extends SpecificRecord> Optional<T> await(Class<T> type, Predicate<T> matches, Duration atMost)
      throws InterruptedException {
    return await(type, matches, 1, atMost).stream().findFirst();
  }

  /** All records of a type that match, once there are so many or the time is over. */
  synchronized <T extends SpecificRecord> List<T> await(
      Class<T> type, Predicate<T> matches, int count, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      List<T> found =
          arrived.stream().filter(type::isInstance).map(type::cast).filter(matches).toList();
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (found.size() >= count || millis <= 0) {
        return found;
      }
      if (failure != null) {
        throw new QuickstartFailure(
            "results can no longer be read: " + failure.getMessage(), failure);
      }
      wait(millis);
    }
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.History.Accepted;
import io.mailstream.benchmarks.faults.history.History.Origin;
import io.mailstream.benchmarks.faults.history.History.Status;
import io.mailstream.benchmarks.faults.history.History.Why;
import io.mailstream.benchmarks.faults.history.Id;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.Suppression;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what is committed, as it comes: results, suppressions, what is dispatched and what comes
 * back. When it sees a suppression, that was committed.
 */
final class Observer implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final String LEFT = "the sender that started it went away";

  private final Topics topics;
  private final History history;
  private final Map<String, Object> settings;
  private final MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<Status, Long> statuses = new HashMap<>();
  private final Set<Answer> answered = new HashSet<>();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong lag = new AtomicLong();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile Exception failure;

  private record Answer(Origin origin, Id recipient) {}

  Observer(String bootstrap, String registry, Topics topics, History history) {
    this.topics = topics;
    this.history = history;
    this.settings =
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "isolation.level",
            "read_committed",
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "earliest",
            "fetch.max.wait.ms",
            50,
            "reconnect.backoff.max.ms",
            500);
    deserializer.configure(Map.of("schema.registry.url", registry), false);
    for (String topic :
        List.of(
            topics.results(),
            topics.suppressions(),
            topics.deferrals(),
            topics.dispatch(Lane.TRANSACTIONAL),
            topics.dispatch(Lane.BULK))) {
      for (int partition = 0; partition < Scenario.PARTITIONS; partition++) {
        positions.put(new TopicPartition(topic, partition), 0L);
      }
    }
    thread = Thread.ofPlatform().name("observer").daemon().start(this::run);
  }

  private void run() {
    while (!stopping) {
      try (Consumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer.assign(positions.keySet());
        positions.forEach(consumer::seek);
        while (!stopping) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            see(record, System.currentTimeMillis());
            positions.put(
                new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
          }
        }
      } catch (WakeupException e) {
        return;
      } catch (KafkaException e) {
        // Anew, from where it was.
      } catch (RuntimeException e) {
        failure = e;
        return;
      }
    }
  }

  private void see(ConsumerRecord<byte[], byte[]> record, long now) {
    if (record.value() == null) {
      return;
    }
    Object value = deserializer.deserialize(record.topic(), record.headers(), record.value());
    switch (value) {
      case SendResult result -> see(result);
      case Suppression suppression -> see(suppression, now);
      case Delivery delivery ->
          history.add(
              new History.Dispatched(
                  Id.of(delivery.getDeliveryId()),
                  address(delivery.getRecipient().getAddress()),
                  Scenario.Stream.scope(delivery.getTenant(), delivery.getStream()).intern(),
                  delivery.getAttempt(),
                  delivery.getDispatchedAt().toEpochMilli()));
      case Deferral deferral ->
          history.add(
              new History.HandedBack(
                  Id.of(deferral.getDelivery().getDeliveryId()),
                  deferral.getDelivery().getAttempt(),
                  why(deferral),
                  deferral.getDeferredAt().toEpochMilli()));
      default ->
          throw new IllegalStateException(
              "%s is in %s".formatted(value.getClass(), record.topic()));
    }
  }

  private void see(SendResult result) {
    Origin origin =
        new Origin(
            result.getOrigin().getTopic().equals(topics.requests(Lane.TRANSACTIONAL)),
            result.getOrigin().getPartition(),
            result.getOrigin().getOffset());
    Id recipient = address(result.getRecipient());
    Status status =
        Arrays.stream(Status.values())
            .filter(each -> each.name().equals(result.getStatus().name()))
            .findFirst()
            .orElse(Status.OTHER);
    history.add(
        new History.Ended(
            origin,
            recipient,
            result.getDeliveryId() == null ? Id.NONE : Id.of(result.getDeliveryId()),
            status,
            result.getAttempts(),
            result.getAcceptedAt().toEpochMilli(),
            result.getDispatchedAt() == null ? 0 : result.getDispatchedAt().toEpochMilli(),
            result.getCompletedAt().toEpochMilli()));
    synchronized (statuses) {
      statuses.merge(status, 1L, Long::sum);
    }
    if (answered.add(new Answer(origin, recipient))) {
      answers.incrementAndGet();
    }
  }

  private void see(Suppression suppression, long now) {
    if (!suppression.getEntries().isEmpty()) {
      long decided = suppression.getUpdatedAt().toEpochMilli();
      lag.accumulateAndGet(now - decided, Math::max);
      history.add(new History.Suppressed(Id.ofText(suppression.getAddress()), decided, now));
    }
  }

  private static Why why(Deferral deferral) {
    return switch (deferral.getReason()) {
      case UNCERTAIN ->
          deferral.getDetail() != null && deferral.getDetail().startsWith(LEFT)
              ? Why.LEFT_UNCERTAIN
              : Why.CALL_UNCERTAIN;
      case RETRY -> Why.RETRY;
      case ACCOUNT_PARKED, NOT_STARTED -> Why.NOT_TRIED;
    };
  }

  private static Id address(String address) {
    return address == null ? Id.NONE : Id.ofText(RecipientKey.find(address).orElse(address));
  }

  /** For how many recipients of request records there is a result. */
  long answers() {
    return answers.get();
  }

  /** How many results of each status there are. */
  Map<Status, Long> statuses() {
    synchronized (statuses) {
      return Map.copyOf(statuses);
    }
  }

  /** The longest that a suppression took from its decision until it was seen, in milliseconds. */
  long lagMillis() {
    return lag.get();
  }

  /**
   * Reads up to what is committed now, and ends.
   *
   * @return whether all could be read in time
   */
  boolean finish(Duration most) throws InterruptedException {
    List<TopicPartition> all = new ArrayList<>(positions.keySet());
    stopping = true;
    thread.join();
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(all);
      positions.forEach(consumer::seek);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      long deadline = System.nanoTime() + most.toNanos();
      while (all.stream().anyMatch(id -> consumer.position(id) < ends.get(id))) {
        if (System.nanoTime() > deadline) {
          return false;
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          see(record, System.currentTimeMillis());
        }
      }
    }
    if (failure != null) {
      throw new IllegalStateException("the topics could not be read", failure);
    }
    return true;
  }

  /** Of what was accepted: what has no result. */
  List<Accepted> unanswered() {
    return history.accepted().stream()
        .filter(entry -> !answered.contains(new Answer(entry.origin(), entry.recipient())))
        .toList();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    deserializer.close();
  }
}

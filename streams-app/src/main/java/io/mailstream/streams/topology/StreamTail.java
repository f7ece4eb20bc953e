package io.mailstream.streams.topology;

import io.mailstream.schemas.serde.RegistryUnavailableException;
import io.mailstream.streams.reputation.HeardReports;
import io.mailstream.streams.reputation.StreamId;
import io.mailstream.v1.StreamAction;
import io.mailstream.v1.StreamActivity;
import io.mailstream.v1.StreamCommand;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all partitions say of the streams, and what people want of them, read from {@code
 * mail.stream-activity} and {@code mail.stream-commands}.
 */
final class StreamTail extends HeardReports implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StreamTail.class);

  private final String activityTopic;
  private final Deserializer<SpecificRecord> avro;
  private final StreamMeters meters;
  private final TopicTail tail;

  /** By their records' keys, since a tombstone has nothing else. */
  private final Map<String, StreamActivity> said = new ConcurrentHashMap<>();

  private final Map<StreamId, Map<Integer, StreamActivity>> byStream = new ConcurrentHashMap<>();
  private final Map<String, Order> orders = new ConcurrentHashMap<>();

  /**
   * A tail that reads nothing yet.
   *
   * @param consumers makes its consumer, without a group
   */
  StreamTail(
      String activityTopic,
      String commandTopic,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Deserializer<SpecificRecord> avro,
      StreamMeters meters) {
    this.activityTopic = activityTopic;
    this.avro = avro;
    this.meters = meters;
    this.tail =
        new TopicTail(
            "mailstream-streams-tail",
            List.of(activityTopic, commandTopic),
            consumers,
            this::read,
            () -> meters.update(this));
  }

  void start() {
    tail.start();
  }

  @Override
  public Collection<Order> orders() {
    return orders.values();
  }

  @Override
  public Collection<StreamId> streams() {
    return byStream.keySet();
  }

  @Override
  protected Collection<StreamActivity> of(StreamId stream) {
    return byStream.getOrDefault(stream, Map.of()).values();
  }

  private static long millis(Instant until) {
    return until == null ? Long.MAX_VALUE : until.toEpochMilli();
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    SpecificRecord value = null;
    try {
      value = avro.deserialize(record.topic(), record.headers(), record.value());
    } catch (SerializationException e) {
      if (RegistryUnavailableException.isBehind(e)) {
        throw e;
      }
      LOG.warn(
          "{}@{} cannot be read: passed over: {}", record.topic(), record.offset(), e.getMessage());
      return;
    }
    if (record.topic().equals(activityTopic)) {
      activity(key, value, record);
    } else {
      command(key, value, record);
    }
  }

  private void activity(String key, SpecificRecord value, ConsumerRecord<?, ?> record) {
    if (value != null && !(value instanceof StreamActivity)) {
      passOver(record);
      return;
    }
    StreamActivity before =
        value == null ? said.remove(key) : said.put(key, (StreamActivity) value);
    if (before != null) {
      StreamId stream = new StreamId(before.getTenant(), before.getStream());
      byStream.computeIfPresent(
          stream,
          (id, activities) -> {
            activities.remove(before.getPartition());
            return activities.isEmpty() ? null : activities;
          });
    }
    if (value instanceof StreamActivity activity) {
      byStream
          .computeIfAbsent(
              new StreamId(activity.getTenant(), activity.getStream()),
              id -> new ConcurrentHashMap<>())
          .put(activity.getPartition(), activity);
    }
  }

  private void command(String key, SpecificRecord value, ConsumerRecord<?, ?> record) {
    switch (value) {
      case null -> orders.remove(key);
      case StreamCommand command when command.getAction() != StreamAction.UNKNOWN ->
          orders.put(
              key,
              new Order(
                  new StreamId(command.getTenant(), command.getStream()),
                  command.getAction() == StreamAction.PAUSE,
                  millis(command.getUntil()),
                  command.getIssuedAt().toEpochMilli(),
                  command.getNote() == null ? "paused by hand" : command.getNote(),
                  Optional.of(command.getIssuedBy() == null ? "somebody" : command.getIssuedBy())));
      default -> passOver(record);
    }
  }

  private static void passOver(ConsumerRecord<?, ?> record) {
    LOG.warn("{}@{} is not of its type: passed over", record.topic(), record.offset());
  }

  @Override
  public void close() {
    tail.close();
    meters.close();
  }
}

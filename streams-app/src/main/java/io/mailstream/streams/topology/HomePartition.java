package io.mailstream.streams.topology;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.streams.result.UnusableRecordException;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SuppressionCommand;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Brings every record to the task that owns its recipient: straight on where this task is the one,
 * else by the repartition hop. The key is computed from the record itself, so that a producer with
 * another partitioner, another key or none costs the hop and nothing else.
 */
final class HomePartition
    extends ContextualProcessor<Object, SpecificRecord, String, SpecificRecord> {

  private final Map<String, Class<? extends SpecificRecord>> types;
  private final int partitions;
  private final String home;
  private final String away;

  /**
   * The check.
   *
   * @param types the one type of record that each topic carries; empty: deliveries, made here
   * @param partitions how many partitions every keyed topic has
   * @param home the child for records of this task
   * @param away the child that leads to the repartition hop
   */
  HomePartition(
      Map<String, Class<? extends SpecificRecord>> types,
      int partitions,
      String home,
      String away) {
    this.types = Map.copyOf(types);
    this.partitions = partitions;
    this.home = home;
    this.away = away;
  }

  @Override
  public void process(Record<Object, SpecificRecord> record) {
    String key = key(record.value());
    boolean atHome = partition(key, partitions) == context().taskId().partition();
    context().forward(record.withKey(key), atHome ? home : away);
  }

  private String key(SpecificRecord value) {
    if (types.isEmpty() && value instanceof Delivery delivery) {
      return canonical(delivery, delivery.getRecipient().getAddress());
    }
    String topic = context().recordMetadata().map(RecordMetadata::topic).orElse("");
    Class<? extends SpecificRecord> type = types.get(topic);
    if (type == null || !type.isInstance(value)) {
      throw new UnusableRecordException(
          "expected a %s, found %s"
              .formatted(
                  type == null ? Delivery.class.getSimpleName() : type.getSimpleName(),
                  value == null ? "no value" : value.getSchema().getFullName()));
    }
    return switch (value) {
      case Deferral deferral ->
          canonical(deferral, deferral.getDelivery().getRecipient().getAddress());
      case Cancellation cancellation -> canonical(cancellation, cancellation.getRecipient());
      case FeedbackEvent event -> canonical(event, event.getRecipient());
      case SuppressionCommand command -> canonical(command, command.getAddress());
      default -> throw new IllegalStateException("no way to key a " + type.getSimpleName());
    };
  }

  private static String canonical(SpecificRecord value, String address) {
    return RecipientKey.find(address)
        .orElseThrow(() ->
            new UnusableRecordException(
                "the %s names no address: give local-part@domain"
                    .formatted(value.getClass().getSimpleName())));
  }

  /** The partition that Kafka's default partitioner gives a key. */
  static int partition(String key, int partitions) {
    return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), partitions);
  }
}

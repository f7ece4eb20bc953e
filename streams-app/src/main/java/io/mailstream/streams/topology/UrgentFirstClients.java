package io.mailstream.streams.topology;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** The clients of Kafka Streams, with a main consumer that keeps looking after what is urgent. */
final class UrgentFirstClients implements KafkaClientSupplier {

  private final Set<String> canWait;

  /**
   * The clients of one application.
   *
   * @param applicationId what the repartition topics are named by
   */
  UrgentFirstClients(Topics topics, String applicationId) {
    this.canWait =
        Set.of(
            topics.requests(Lane.BULK),
            topics.suppressionImports(),
            Intake.hopTopic(applicationId, LaneClass.BULK),
            Intake.hopTopic(applicationId, LaneClass.IMPORTS));
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    int maxPollRecords =
        Integer.parseInt(String.valueOf(config.get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG)));
    return new UrgentFirstConsumer(
        config, partition -> canWait.contains(partition.topic()), maxPollRecords);
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return plain(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return plain(config);
  }

  private static Consumer<byte[], byte[]> plain(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}

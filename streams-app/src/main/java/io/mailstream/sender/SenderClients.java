package io.mailstream.sender;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the Kafka clients of the sender, with the settings that its promises rest on. */
class SenderClients {

  private static final int MAX_REQUEST_BYTES = 11 * 1024 * 1024;
  private static final int BATCH_BYTES = 128 * 1024;
  private static final int MAX_BLOCK_MS = 4_000;
  private static final int MAX_POLL_RECORDS = 500;
  private static final int FETCH_MAX_BYTES = 16 * 1024 * 1024;

  /**
   * A fetch asks for those partitions that are not paused just then; one that finds nothing there
   * keeps the consumer from asking that broker for the others.
   */
  private static final int FETCH_MAX_WAIT_MS = 20;

  /**
   * So long that batches leave when the transaction is committed, in one request to a broker. With
   * the time of a request it has to be within that of a delivery, which may be configured.
   */
  private static final int LINGER_MS = 100;

  private final SenderConfig config;

  SenderClients(SenderConfig config) {
    this.config = config;
  }

  /** The consumer of the dispatch topics. */
  Consumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = reading("-dispatch");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_MAX_BYTES);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MS);
    settings.putAll(config.consumer());
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.groupId());
    settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return consumer(settings);
  }

  /** A consumer by its settings. */
  Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
    return new KafkaConsumer<>(settings);
  }

  /** A consumer of the suppressions, without a group. */
  Consumer<byte[], byte[]> tail() {
    Map<String, Object> settings = reading("-suppressions");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return tail(settings);
  }

  /** A consumer of the suppressions by its settings. */
  Consumer<byte[], byte[]> tail(Map<String, Object> settings) {
    return new KafkaConsumer<>(settings);
  }

  private Map<String, Object> reading(String name) {
    Map<String, Object> settings = new HashMap<>(config.clients());
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, config.transactionalId() + name);
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  /** The transactional producer of this instance. */
  Producer<byte[], byte[]> producer() {
    return producer(config.transactionalId());
  }

  /** A transactional producer under another id. */
  Producer<byte[], byte[]> producer(String transactionalId) {
    Map<String, Object> settings = new HashMap<>(config.clients());
    settings.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    settings.putAll(config.producer());
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, transactionalId);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    settings.put(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) config.transactionTimeout().toMillis());
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return producer(settings);
  }

  /** The producer of what the instance reports beside its transactions. */
  Producer<byte[], byte[]> reports() {
    Map<String, Object> settings = new HashMap<>(config.clients());
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, config.transactionalId() + "-reports");
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return new KafkaProducer<>(settings);
  }

  /** A producer by its settings. */
  Producer<byte[], byte[]> producer(Map<String, Object> settings) {
    return new KafkaProducer<>(settings);
  }

  /** An admin client. */
  Admin admin() {
    Map<String, Object> settings = new HashMap<>(config.clients());
    settings.put(AdminClientConfig.CLIENT_ID_CONFIG, config.transactionalId() + "-admin");
    return Admin.create(settings);
  }
}

package io.mailstream.streams.topology;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.AvroSerdeConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;

/**
 * The settings of the topology, below {@code topology.}, and what becomes of them and of the
 * pass-through prefix {@code streams.} as settings of Kafka Streams.
 */
public final class TopologySettings {

  /** Prefix of settings for Kafka Streams and its clients. */
  public static final String STREAMS_PREFIX = "streams.";

  /** What instances of one topology, its stores and its internal topics are known by. */
  public static final String APPLICATION_ID = "topology.application.id";

  /** Where the stores lie. */
  public static final String STATE_DIR = "topology.state.dir";

  /** How many threads process. */
  public static final String THREADS = "topology.threads";

  /** How many copies of each store are kept on other instances. */
  public static final String STANDBYS = "topology.standbys";

  /** Where other instances reach this one's HTTP API. */
  public static final String ADVERTISED = "topology.advertised.address";

  // A thread that waits for the registry must come back before its group gives it up.
  private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(4);

  private TopologySettings() {}

  /** Adds the topology's settings to those of the service that runs it. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            APPLICATION_ID,
            Type.STRING,
            "mailstream",
            new NonEmptyString(),
            Importance.MEDIUM,
            "What all instances of one topology share: consumer group, internal topics and stores"
                + " are named by it. A new one begins from nothing.")
        .define(
            STATE_DIR,
            Type.STRING,
            "data/streams",
            new NonEmptyString(),
            Importance.MEDIUM,
            "The directory of the stores; each instance on a machine has its own.")
        .define(
            THREADS,
            Type.INT,
            2,
            Range.between(1, 256),
            Importance.MEDIUM,
            "How many threads process; more than there are partitions stay idle.")
        .define(
            STANDBYS,
            Type.INT,
            1,
            Range.between(0, 4),
            Importance.MEDIUM,
            "How many copies of each store are kept up to date on other instances, so that a lost"
                + " instance is replaced without a long restore.")
        .define(
            ADVERTISED,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "host:port by which other instances reach this one's HTTP API. Empty: http.host and"
                + " http.port.");
  }

  /** The pass-through prefix of the topology, with its locked keys. */
  public static Map<String, Map<String, String>> passThrough() {
    return Map.of(STREAMS_PREFIX, LockedStreamsKeys.all());
  }

  /** What serializers and deserializers of the topology are configured with. */
  public static Map<String, Object> serdes(ServiceConfig config) {
    Map<String, Object> settings = new HashMap<>(CommonConfig.serdes(config));
    settings.putIfAbsent(
        AvroSerdeConfig.RETRY_TIMEOUT_MS, String.valueOf(REGISTRY_PATIENCE.toMillis()));
    settings.put(AvroSerdeConfig.SERIALIZER_CLASS, config.getString(CommonConfig.AVRO_SERIALIZER));
    settings.put(
        AvroSerdeConfig.DESERIALIZER_CLASS, config.getString(CommonConfig.AVRO_DESERIALIZER));
    return settings;
  }

  /**
   * The settings of Kafka Streams.
   *
   * @param self where other instances reach this one
   */
  public static Map<String, Object> streams(ServiceConfig config, Topics topics, HostInfo self) {
    Map<String, Object> settings = new HashMap<>(defaults());
    settings.putAll(CommonConfig.kafkaClient(config));
    settings.putAll(config.passThrough(STREAMS_PREFIX));
    settings.putAll(promised(topics));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, config.getString(APPLICATION_ID));
    settings.put(StreamsConfig.STATE_DIR_CONFIG, config.getString(STATE_DIR));
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.getInt(THREADS));
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.getInt(STANDBYS));
    settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, self.host() + ":" + self.port());
    return settings;
  }

  /** The settings of the consumer of what the senders say of the accounts. */
  static Map<String, Object> accountTail(ServiceConfig config) {
    Map<String, Object> settings = new HashMap<>(CommonConfig.kafkaClient(config));
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, config.getString(APPLICATION_ID) + "-accounts");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  /** What is measured to be good, and may be changed. */
  private static Map<String, Object> defaults() {
    return Map.ofEntries(
        Map.entry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100),
        // Together they bound how much bulk mail stands in front of a transactional record.
        Map.entry(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 200),
        Map.entry(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 200),
        Map.entry(
            StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
            131_072),
        Map.entry(StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 10),
        // A task writes to many partitions: in small batches the broker has more to do with
        // requests than with records.
        Map.entry(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 131_072),
        Map.entry(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4"),
        // Mail that is held is released no more often than this while nothing else comes in: a
        // limit with a small burst needs frequent releases to reach its rate.
        Map.entry(StreamsConfig.POLL_MS_CONFIG, 20),
        // A crashed instance is replaced after this; a clean stop leaves the group at once.
        Map.entry(
            StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 15_000),
        Map.entry(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreFilters.class),
        Map.entry(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1));
  }

  /** What the promises rest on; locked by {@link LockedStreamsKeys}. */
  static Map<String, Object> promised(Topics topics) {
    return Map.ofEntries(
        Map.entry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2),
        Map.entry(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic"),
        Map.entry(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true),
        Map.entry(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED),
        Map.entry(
            StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
            UnreadableRecordHandler.class),
        Map.entry(
            StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, FailedProcessingHandler.class),
        Map.entry(
            StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, FailedProductionHandler.class),
        Map.entry(DeadLetters.TOPIC_CONFIG, topics.deadLetters()),
        Map.entry(
            StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
            Topics.MAX_INTERNAL_BYTES),
        Map.entry(
            StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
            String.valueOf(Topics.MAX_INTERNAL_BYTES)),
        // Records on a hop are stamped years back, by rank; no broker default may refuse that.
        Map.entry(
            StreamsConfig.topicPrefix(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG),
            String.valueOf(Long.MAX_VALUE)),
        Map.entry(
            StreamsConfig.topicPrefix(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG), "CreateTime"));
  }
}

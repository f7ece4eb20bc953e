package io.mailstream.streams.query;

import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.metrics.Metrics;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.Topics;
import io.mailstream.streams.hold.HoldStores;
import io.mailstream.streams.reputation.HeardReports;
import io.mailstream.streams.reputation.StreamId;
import io.mailstream.streams.suppress.AnyRecordSerde;
import io.mailstream.streams.suppress.Events;
import io.mailstream.streams.suppress.PlacedKey;
import io.mailstream.streams.suppress.SuppressStep;
import io.mailstream.streams.suppress.SuppressionStore;
import io.mailstream.v1.ActivityBucket;
import io.mailstream.v1.StreamActivity;
import io.mailstream.v1.StreamPause;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.Stores;

/** One instance of a small topology, which has the list only, behind the API. */
final class QueryInstance implements AutoCloseable {

  /** A key for hashed lists. */
  static final RecipientHash HASH =
      RecipientHash.of("k1:" + "0123456789abcdef0123456789abcdef0123456789a=");

  private static final String POLICIES =
      "{accounts: {main: {provider: ses}}, default_tenant: {from_domains: '*', other_streams: {}}}";

  static final int PARTITIONS = 4;
  static final String WRITER = "writes";
  static final String READER = "reads";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private static final HeardReports REPORTS =
      new HeardReports() {
        @Override
        protected Collection<StreamActivity> of(StreamId stream) {
          return stream.equals(new StreamId("acme", "news")) ? List.of(news()) : List.of();
        }

        @Override
        public Collection<StreamId> streams() {
          return List.of(new StreamId("acme", "news"));
        }

        @Override
        public Collection<Order> orders() {
          return List.of();
        }
      };

  private final AtomicReference<KafkaStreams> streams = new AtomicReference<>();
  private final AtomicReference<HostInfo> self = new AtomicReference<>();
  private final Metrics metrics = Metrics.create("query-test");
  private final QueryApi api;
  private final HttpService server;

  private QueryInstance(String brokers, Topics topics, RecipientHash hash, Duration timeout) {
    api =
        new QueryApi(
            new QueryApi.Settings(
                () -> Optional.ofNullable(streams.get()),
                () -> PARTITIONS,
                () -> Optional.of(REPORTS),
                10_000,
                self::get,
                List.of("test:write:" + WRITER, READER),
                "127.0.0.1",
                PolicyLoader.load(POLICIES),
                hash,
                new SuppressionWriter.Settings(
                    Map.of("bootstrap.servers", brokers), topics, new AnyRecordSerde(), timeout),
                InstantSource.system(),
                meters));
    server = HttpService.start("query", "127.0.0.1", 0, new Health(), metrics, api::register);
    self.set(new HostInfo("127.0.0.1", server.port()));
  }

  private static StreamActivity news() {
    Instant now = Instant.now();
    return new StreamActivity(
        "acme",
        "news",
        1,
        List.of(new ActivityBucket(now, 100L, 6L, 1L)),
        new StreamPause(now, null, "6 of 100 bounced", null),
        now);
  }

  /** An API without a topology behind it. */
  static QueryInstance alone(String brokers, Topics topics) {
    return new QueryInstance(brokers, topics, RecipientHash.NONE, Duration.ofMillis(500));
  }

  /** An instance of the topology that is to be started. */
  static QueryInstance of(String brokers, Topics topics, RecipientHash hash, Path state) {
    QueryInstance instance = new QueryInstance(brokers, topics, hash, Duration.ofSeconds(10));
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.prefix() + "query");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    config.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    config.put(StreamsConfig.APPLICATION_SERVER_CONFIG, "127.0.0.1:" + instance.server.port());
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 1);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    config.put(StreamsConfig.STATE_CLEANUP_DELAY_MS_CONFIG, 600_000);
    config.put("auto.offset.reset", "earliest");
    // Members hear of a rebalance by their heartbeats.
    config.put(StreamsConfig.mainConsumerPrefix("heartbeat.interval.ms"), 200);
    config.put(StreamsConfig.POLL_MS_CONFIG, 20);
    instance.streams.set(new KafkaStreams(topology(topics, hash, instance.meters), config));
    return instance;
  }

  void start() {
    streams.get().start();
  }

  boolean isRunning() {
    return streams.get().state() == KafkaStreams.State.RUNNING;
  }

  Set<?> ownPartitions() {
    return streams.get().streamsMetadataForStore(SuppressionStore.NAME).stream()
        .filter(metadata -> metadata.hostInfo().equals(self.get()))
        .findFirst()
        .map(metadata -> metadata.topicPartitions())
        .orElse(Set.of());
  }

  double count(String query, String outcome) {
    return meters
        .get("mailstream.query.requests")
        .tag("query", query)
        .tag("outcome", outcome)
        .counter()
        .count();
  }

  String url() {
    return server.url();
  }

  @Override
  public void close() {
    server.close();
    api.close();
    if (streams.get() != null) {
      streams
          .get()
          .close(
              CloseOptions.timeout(Duration.ofSeconds(10))
                  .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
    metrics.close();
  }

  private static Topology topology(Topics topics, RecipientHash hash, SimpleMeterRegistry meters) {
    AnyRecordSerde serde = new AnyRecordSerde();
    Topology topology = new Topology();
    topology.addSource(
        "in",
        new StringDeserializer(),
        serde.deserializer(),
        topics.feedback(),
        topics.suppressionCommands());
    topology.addProcessor(
        "suppress",
        new SuppressStep(
            SuppressionStore.builder(),
            Events.FOREVER,
            hash,
            new SuppressStep.Outputs("results", "results", "suppressions"),
            meters),
        "in");
    for (String store : List.of(HoldStores.HELD, HoldStores.STATE)) {
      topology.addStateStore(
          Stores.keyValueStoreBuilder(
              Stores.persistentKeyValueStore(store), Serdes.Bytes(), Serdes.ByteArray()),
          "suppress");
    }
    topology.addSink(
        "results", topics.results(), new StringSerializer(), serde.serializer(), "suppress");
    topology.addSink(
        "suppressions",
        topics.suppressions(),
        PlacedKey.serializer(),
        serde.serializer(),
        PlacedKey.partitioner(),
        "suppress");
    return topology;
  }
}

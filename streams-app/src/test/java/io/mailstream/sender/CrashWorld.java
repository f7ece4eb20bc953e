package io.mailstream.sender;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The pipeline with everything real but the ESP: broker and SES simulator here, the topology in a
 * process of its own, a sender that dies where it is told to.
 */
final class CrashWorld implements AutoCloseable {

  static final int PARTITIONS = 2;
  static final int OPEN_SENDS = 16;
  private static final String POLICIES =
      """
      accounts:
        simulator:
          provider: ses
          settings: {region: us-east-1, endpoint: "%s"}
      tenants:
        shop:
          from_domains: [shop.example]
          streams:
            receipts: {evidence_window: 500ms}
      retry: {initial: 200ms, multiplier: 1, max: 200ms, jitter: 0, max_attempts: 50, max_age: 1h}
      """;

  private final Topics topics = new Topics(EmbeddedKafka.uniquePrefix());
  private final SesSimulator ses;
  private final TopologyChild topology;
  private final Policies policies;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> results;
  private final MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
  private final MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
  private final List<SendResult> read = new ArrayList<>();
  private SenderRole sender;

  CrashWorld(Path directory, long seed) {
    ses =
        SesSimulator.start(
            SesSimulator.Options.defaults()
                .keptMails(0)
                .seed(seed)
                .behaviour(
                    SesBehaviour.defaults()
                        .latency(2, 10)
                        .faultRate(SesFault.INTERNAL_ERROR, 0.03)
                        .faultRate(SesFault.TOO_MANY_REQUESTS, 0.01)
                        .faultRate(SesFault.RESET_AFTER_BODY, 0.02)));
    Path policyFile = directory.resolve("policies.yaml");
    try {
      Files.writeString(policyFile, POLICIES.formatted(ses.url()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    policies = PolicyLoader.load(policyFile);
    Map<String, Object> brokers = Map.of("bootstrap.servers", brokers());
    admin = Admin.create(brokers);
    TopicSetup.createMissing(admin, topics, PARTITIONS, (short) 1);
    shortenSession();
    producer = new KafkaProducer<>(brokers, new ByteArraySerializer(), new ByteArraySerializer());
    results =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", brokers(), "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> ids =
        IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new TopicPartition(topics.results(), partition))
            .toList();
    results.assign(ids);
    results.seekToBeginning(ids);
    Map<String, Object> serde = Map.of("schema.registry.url", EmbeddedRegistry.shared().url());
    serializer.configure(serde, false);
    deserializer.configure(serde, false);
    topology = new TopologyChild(directory, topologySettings(directory, policyFile));
  }

  private Map<String, String> topologySettings(Path directory, Path policyFile) {
    Map<String, String> settings = new HashMap<>(common());
    settings.put("role", "topology");
    settings.put("policies.file", policyFile.toString());
    settings.put("http.port", "0");
    settings.put("topology.application.id", topics.prefix() + "topology");
    settings.put("topology.state.dir", directory.resolve("stores").toString());
    settings.put("topology.standbys", "0");
    settings.put("topology.threads", "1");
    // What a kill leaves behind is cleared up after the shortest time that brokers allow.
    settings.put("streams.main.consumer.session.timeout.ms", "6000");
    settings.put("streams.main.consumer.heartbeat.interval.ms", "500");
    return settings;
  }

  private Map<String, String> common() {
    return Map.of(
        "bootstrap.servers", brokers(),
        "schema.registry.url", EmbeddedRegistry.shared().url(),
        "topics.prefix", topics.prefix());
  }

  private static String brokers() {
    return SharedKafka.bootstrapServers();
  }

  private String group() {
    return topics.prefix() + "sender";
  }

  private void shortenSession() {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, group());
    get(
        admin
            .incrementalAlterConfigs(
                Map.of(
                    group,
                    List.of(
                        set("consumer.session.timeout.ms", "3000"),
                        set("consumer.heartbeat.interval.ms", "300"))))
            .all()
            .toCompletionStage()
            .toCompletableFuture());
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  TopologyChild topology() {
    return topology;
  }

  SesSimulator ses() {
    return ses;
  }

  /** Starts the sender, in place of one that has died, where there was one. */
  void startSender(Checkpoints checkpoints) {
    Map<String, String> settings = new HashMap<>(common());
    settings.put(SenderConfig.GROUP_ID, group());
    settings.put(SenderConfig.INSTANCE_ID, "one");
    settings.put(SenderConfig.OPEN_SENDS, String.valueOf(OPEN_SENDS));
    settings.put(SenderConfig.TRANSACTION_TIMEOUT, "2000");
    settings.put("accounts.simulator.access.key.id", "test");
    settings.put("accounts.simulator.secret.access.key", "test");
    Map<String, Map<String, String>> passThrough = new HashMap<>(CommonConfig.passThrough());
    passThrough.putAll(SenderConfig.passThrough());
    ServiceConfig config =
        new ServiceConfig(
            CommonConfig.add(SenderConfig.define(new ConfigDef())), settings, passThrough) {};
    sender =
        new SenderRole(
            SenderConfig.of(config),
            topics,
            policies,
            account -> ProviderFactory.create(account, SenderConfig.accounts(config)),
            new SenderRole.Serdes(serializer, deserializer),
            new SimpleMeterRegistry(),
            new SenderRole.Surroundings(
                InstantSource.system(), checkpoints, made -> abrupt(made, checkpoints)));
    sender.start();
  }

  /** Clients that, after a crash, do not tell the group that they leave. */
  private static SenderClients abrupt(SenderConfig config, Checkpoints checkpoints) {
    return new SenderClients(config) {
      @Override
      Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings) {
          @Override
          public void close(CloseOptions options) {
            super.close(
                checkpoints instanceof Crash crash && crash.hasHappened()
                    ? CloseOptions.timeout(Duration.ZERO)
                        .withGroupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP)
                    : options);
          }
        };
      }
    };
  }

  void closeSender() {
    if (sender != null) {
      sender.close();
      sender = null;
    }
  }

  /** Produces a request and returns its record, acknowledged. */
  RecordMetadata produce(Lane lane, byte[] key, SendRequest request) {
    String topic = topics.requests(lane);
    return get(
        producer.send(new ProducerRecord<>(topic, key, serializer.serialize(topic, request))));
  }

  /** All results so far. */
  List<SendResult> results() {
    results
        .poll(Duration.ofMillis(50))
        .forEach(record ->
            read.add(
                (SendResult)
                    deserializer.deserialize(record.topic(), record.headers(), record.value())));
    return read;
  }

  private static <T> T get(java.util.concurrent.Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    closeSender();
    topology.close();
    results.close();
    producer.close();
    admin.close();
    ses.close();
    serializer.close();
    deserializer.close();
  }
}

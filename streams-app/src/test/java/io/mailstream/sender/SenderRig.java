package io.mailstream.sender;

import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.policy.Account;
import io.mailstream.policy.Deduplication;
import io.mailstream.policy.DomainGroups;
import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.policy.References;
import io.mailstream.policy.Retry;
import io.mailstream.policy.SuppressionRules;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.SendResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;

/** Topics, a group and as many senders as a test wants, on the shared broker. */
final class SenderRig implements AutoCloseable {

  static final String ACCOUNT = "main";
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  final Topics topics;
  final Admin admin;
  final CountingProvider provider = new CountingProvider();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TestTopics records;
  private final String group;
  private final List<SenderRole> senders = new ArrayList<>();
  private Function<Map<String, Object>, Producer<byte[], byte[]>> producers = KafkaProducer::new;
  private Function<Map<String, Object>, Consumer<byte[], byte[]>> tailConsumers =
      KafkaConsumer::new;
  private Optional<Limit> limit = Optional.empty();
  private References references = References.NONE;
  private int deliveries;

  SenderRig() {
    this(Duration.ofSeconds(3));
  }

  SenderRig(Duration sessionTimeout) {
    this(SharedKafka.bootstrapServers(), EmbeddedRegistry.shared().url(), sessionTimeout);
  }

  SenderRig(String brokers, String registryUrl, Duration sessionTimeout) {
    records = new TestTopics(brokers, registryUrl);
    topics = records.topics;
    admin = records.admin;
    group = records.senderGroup(sessionTimeout);
  }

  String group() {
    return group;
  }

  /** With a limit of the account. */
  SenderRig limit(double perSecond, double burst) {
    limit = Optional.of(new Limit(perSecond, burst));
    return this;
  }

  /** With references that are allowed. */
  SenderRig references(References allowed) {
    references = allowed;
    return this;
  }

  /** With producers of another kind. */
  SenderRig producers(Function<Map<String, Object>, Producer<byte[], byte[]>> kind) {
    producers = kind;
    return this;
  }

  /** With another kind of consumers of the suppressions. */
  SenderRig tailConsumers(Function<Map<String, Object>, Consumer<byte[], byte[]>> kind) {
    tailConsumers = kind;
    return this;
  }

  /** Starts a sender. */
  SenderRole start(String instance) {
    return start(instance, Checkpoints.NONE, Map.of());
  }

  /** Starts a sender that dies as told, with settings over those of the tests. */
  SenderRole start(String instance, Checkpoints checkpoints, Map<String, String> overrides) {
    SenderRole sender =
        new SenderRole(
            SenderConfig.of(config(instance, overrides)),
            topics,
            policies(),
            account -> provider,
            SenderRole.serdes(config(instance, overrides)),
            meters,
            new SenderRole.Surroundings(
                InstantSource.system(),
                checkpoints,
                Tracing.OFF,
                config -> clients(config, checkpoints)));
    sender.start();
    senders.add(sender);
    return sender;
  }

  ServiceConfig config(String instance, Map<String, String> overrides) {
    Map<String, String> values = new HashMap<>(records.settings());
    values.put(SenderConfig.GROUP_ID, group());
    values.put(SenderConfig.INSTANCE_ID, instance);
    values.put(SenderConfig.TRANSACTION_TIMEOUT, "2000");
    values.put("kafka.metadata.max.age.ms", "1000");
    values.put("kafka.reconnect.backoff.max.ms", "200");
    values.put("kafka.retry.backoff.ms", "20");
    values.putAll(overrides);
    Map<String, Map<String, String>> passThrough = new HashMap<>(CommonConfig.passThrough());
    passThrough.putAll(SenderConfig.passThrough());
    return new ServiceConfig(
        CommonConfig.add(SenderConfig.define(new ConfigDef())), values, passThrough) {};
  }

  private Policies policies() {
    return new Policies(
        Map.of(ACCOUNT, new Account(ACCOUNT, "test", limit, Map.of())),
        Map.of(),
        Optional.empty(),
        DomainGroups.known(),
        new Retry(Duration.ofSeconds(1), 2, Duration.ofMinutes(1), 0, 5, Duration.ofHours(1)),
        new Deduplication(Duration.ofHours(24), 2),
        SuppressionRules.usual(),
        references,
        1_000_000,
        1_000_000,
        50);
  }

  private SenderClients clients(SenderConfig config, Checkpoints checkpoints) {
    BooleanSupplier hasCrashed =
        checkpoints instanceof Crash crash ? crash::hasHappened : () -> false;
    return new AbruptClients(config, hasCrashed) {
      @Override
      Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        return producers.apply(settings);
      }

      @Override
      Consumer<byte[], byte[]> tail(Map<String, Object> settings) {
        return tailConsumers.apply(settings);
      }
    };
  }

  /** A delivery to a recipient of its own. */
  Delivery delivery(Lane lane) {
    return delivery(lane, "user%d@example.com".formatted(deliveries));
  }

  Delivery delivery(Lane lane, String address) {
    int number = deliveries++;
    return Delivery.newBuilder()
        .setDeliveryId("d%05d".formatted(number))
        .setRequestId("r" + number)
        .setTenant("shop")
        .setIdempotencyKey("r" + number)
        .setStream("news")
        .setLane(lane)
        .setAccount(ACCOUNT)
        .setRecipient(Recipient.newBuilder().setAddress(address).build())
        .setOrigin(
            RecordOrigin.newBuilder()
                .setTopic(topics.requests(lane))
                .setPartition(0)
                .setOffset(number)
                .build())
        .setAcceptedAt(Instant.now())
        .setDispatchedAt(Instant.now())
        .setFrom(Mailbox.newBuilder().setAddress("shop@example.com").build())
        .setContent(InlineContent.newBuilder().setText("hello").build())
        .build();
  }

  /** New deliveries, alternating between the lanes, in the dispatch topics. */
  List<Delivery> dispatch(int count) {
    List<Delivery> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(delivery(i % 2 == 0 ? Lane.TRANSACTIONAL : Lane.BULK));
    }
    dispatch(batch);
    return batch;
  }

  void dispatch(Collection<Delivery> batch) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (Delivery delivery : batch) {
      sent.add(
          records.send(
              topics.dispatch(delivery.getLane()),
              RecipientKey.bytes(delivery.getRecipient().getAddress()),
              delivery));
    }
    sent.forEach(TestTopics::get);
  }

  /** Writes an Avro record, and returns when it is acknowledged. */
  void produce(String topic, String key, SpecificRecord value) {
    records.produce(topic, key, records.serializer.serialize(topic, value));
  }

  void produce(String topic, String key, byte[] value) {
    records.produce(topic, key, value);
  }

  /** All committed records of a topic so far, read on from the last time. */
  <T> List<T> read(String topic, Class<T> type) {
    return records.read(topic, type);
  }

  /** The results so far. */
  List<SendResult> results() {
    return read(topics.results(), SendResult.class);
  }

  /** The deferrals so far. */
  List<Deferral> deferrals() {
    return read(topics.deferrals(), Deferral.class);
  }

  /** How often something was counted. */
  double count(String meter, String... tags) {
    Counter counter = meters.find("mailstream.sender." + meter).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  /** What the readiness checks that are down say; empty: the sender is ready. */
  static String unready(SenderRole sender) {
    return sender.readinessChecks().stream()
        .map(check -> check.check() instanceof CheckResult.Down down ? down.why() : "")
        .filter(why -> !why.isEmpty())
        .collect(Collectors.joining("; "));
  }

  /** Why the sender is past help; empty: it is not. */
  static String dead(SenderRole sender) {
    return sender.livenessChecks().getFirst().check() instanceof CheckResult.Down down
        ? down.why()
        : "";
  }

  /** All committed records of a topic so far as they are. */
  List<ConsumerRecord<byte[], byte[]>> readRaw(String topic) {
    return records.readRaw(topic);
  }

  /** How many offsets the dispatch topics keep. */
  long kept() {
    Map<TopicPartition, OffsetSpec> from = new HashMap<>();
    Map<TopicPartition, OffsetSpec> to = new HashMap<>();
    for (Lane lane : Lane.values()) {
      for (TopicPartition id : TestTopics.partitions(topics.dispatch(lane))) {
        from.put(id, OffsetSpec.earliest());
        to.put(id, OffsetSpec.latest());
      }
    }
    return sum(to) - sum(from);
  }

  private long sum(Map<TopicPartition, OffsetSpec> of) {
    return TestTopics.get(admin.listOffsets(of).all()).values().stream()
        .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
        .sum();
  }

  /** Waits for a latch, as long as a test may. */
  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("nobody let it go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for something. */
  static void await(String what, BooleanSupplier condition) {
    await(what, DEADLINE, condition);
  }

  static void await(String what, Duration most, BooleanSupplier condition) {
    await(() -> what, most, condition);
  }

  static void await(Supplier<String> what, Duration most, BooleanSupplier condition) {
    long until = System.nanoTime() + most.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("not within %s: %s".formatted(most, what.get()));
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new AssertionError("interrupted while waiting for " + what.get());
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    senders.forEach(SenderRole::close);
    records.close();
  }
}

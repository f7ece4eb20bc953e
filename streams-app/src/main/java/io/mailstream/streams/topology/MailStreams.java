package io.mailstream.streams.topology;

import io.mailstream.policy.Policies;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.runtime.logging.Masking;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroSerde;
import io.mailstream.streams.reputation.HeardReports;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topology at work. It starts when Kafka answers, the topics are as they must be and the
 * registry knows the schemas; until then it keeps trying and says what it waits for.
 */
public final class MailStreams implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MailStreams.class);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(6);

  private final ServiceConfig config;
  private final Policies policies;
  private final MeterRegistry meters;
  private final Tracing tracing;
  private final InstantSource clock;
  private final HostInfo self;
  private final Topics topics;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<KafkaStreams> streams = new AtomicReference<>();
  private volatile int partitions;
  private volatile String waitingFor = "the start";
  private volatile String whyWaiting = "";
  private volatile Thread starter;
  private volatile KafkaStreamsMetrics metrics;
  private volatile AccountTail accounts;
  private volatile StreamTail reports;
  private volatile MailstreamAvroSerde<SpecificRecord> serde;

  /**
   * A topology that does not run yet.
   *
   * @param config the service's configuration, with {@link TopologySettings}
   * @param tracing makes spans of what happens to a mail
   * @param self where other instances reach this one
   */
  public MailStreams(
      ServiceConfig config,
      Policies policies,
      MeterRegistry meters,
      Tracing tracing,
      InstantSource clock,
      HostInfo self) {
    this.config = config;
    this.policies = policies;
    this.meters = meters;
    this.tracing = tracing;
    this.clock = clock;
    this.self = self;
    this.topics = new Topics(config.getString(CommonConfig.TOPICS_PREFIX));
  }

  /** Begins to start, and returns. */
  public void start() {
    starter = Thread.ofVirtual().name("topology-start").start(this::startWhenPossible);
  }

  /** The application; empty: it waits for Kafka, its topics or the registry. */
  public Optional<KafkaStreams> streams() {
    return Optional.ofNullable(streams.get());
  }

  /**
   * What is known of the tenants' streams; empty: it waits for Kafka, its topics or the registry.
   */
  public Optional<HeardReports> reports() {
    return Optional.ofNullable(reports);
  }

  /** How many partitions every keyed topic has; 0: it has not asked Kafka yet. */
  public int partitions() {
    return partitions;
  }

  /** Whether it processes, or what it waits for. */
  public CheckResult readiness() {
    KafkaStreams running = streams.get();
    if (running == null) {
      return CheckResult.down(
          "the topology waits for %s%s"
              .formatted(waitingFor, whyWaiting.isEmpty() ? "" : ": " + whyWaiting));
    }
    KafkaStreams.State state = running.state();
    return state == KafkaStreams.State.RUNNING
        ? CheckResult.up()
        : CheckResult.down(
            state == KafkaStreams.State.REBALANCING
                ? "the topology is being given its partitions and restores their stores"
                : "the topology's state is " + state);
  }

  /** Whether it can still come right by itself. */
  public CheckResult liveness() {
    KafkaStreams running = streams.get();
    boolean lost =
        running != null
            && (running.state() == KafkaStreams.State.ERROR
                || running.state() == KafkaStreams.State.PENDING_ERROR);
    return lost
        ? CheckResult.down("the topology stopped on an error: the log says which; restart it")
        : CheckResult.up();
  }

  private void startWhenPossible() {
    while (stopped.getCount() > 0) {
      try {
        launch();
        return;
      } catch (KafkaException | IllegalStateException e) {
        whyWaiting = Masking.text(String.valueOf(e.getMessage()));
        LOG.warn("The topology cannot start yet, it waits for {}: {}", waitingFor, whyWaiting);
      }
      if (await(RETRY)) {
        return;
      }
    }
  }

  private void launch() {
    waitFor("Kafka at " + String.join(",", config.getList(CommonConfig.BOOTSTRAP_SERVERS)));
    try (Admin admin = Admin.create(new HashMap<>(CommonConfig.kafkaClient(config)))) {
      partitions = TopicSetup.verify(admin, topics);
      SourceMeters.retention(TopicSetup.retentions(admin, MailTopology.sources(topics)), meters);
    }
    waitFor("the schema registry at " + config.getString(CommonConfig.SCHEMA_REGISTRY_URL));
    MailstreamAvroSerde<SpecificRecord> avro = new MailstreamAvroSerde<>();
    Map<String, Object> serdes = TopologySettings.serdes(config);
    avro.configure(serdes, false);
    SinkSchemas.prepare(avro.serializer(), topics);
    serde = avro;
    Properties properties = new Properties();
    properties.putAll(TopologySettings.streams(config, topics, self));
    properties.put(DeadLetters.METERS_CONFIG, meters);
    AccountTail tail =
        new AccountTail(
            topics.accounts(),
            () -> new KafkaConsumer<>(TopologySettings.accountTail(config)),
            avro.deserializer());
    StreamTail heard =
        new StreamTail(
            topics.streamActivity(),
            topics.streamCommands(),
            () -> new KafkaConsumer<>(TopologySettings.accountTail(config)),
            avro.deserializer(),
            new StreamMeters(meters, policies, clock));
    KafkaStreams starting =
        new KafkaStreams(
            MailTopology.build(
                new MailTopology.Settings(
                    topics,
                    partitions,
                    policies,
                    RecipientHash.of(config),
                    tail,
                    heard,
                    avro,
                    meters,
                    tracing,
                    clock,
                    clock.millis())),
            properties,
            new UrgentFirstClients(topics, config.getString(TopologySettings.APPLICATION_ID)));
    starting.setUncaughtExceptionHandler(
        new ThreadFailures(config.getInt(TopologySettings.THREADS), clock));
    starting.setStateListener(
        (to, from) -> LOG.info("The topology's state went from {} to {}", from, to));
    TopologyMeters.bind(starting, config.getInt(TopologySettings.STANDBYS), meters);
    metrics = new KafkaStreamsMetrics(starting);
    metrics.bindTo(meters);
    synchronized (this) {
      if (stopped.getCount() == 0) {
        starting.close(Duration.ZERO);
        return;
      }
      streams.set(starting);
      accounts = tail;
      tail.start();
      reports = heard;
      heard.start();
      starting.start();
    }
  }

  private void waitFor(String what) {
    waitingFor = what;
    whyWaiting = "";
  }

  /** Waits; true: it is to stop. */
  private boolean await(Duration wait) {
    try {
      return stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Commits what is done and leaves the group, within a bound. */
  @Override
  public void close() {
    synchronized (this) {
      stopped.countDown();
    }
    Thread starting = starter;
    if (starting != null) {
      starting.interrupt();
    }
    KafkaStreams running = streams.get();
    if (running != null
        && !running.close(
            CloseOptions.timeout(CLOSE_BOUND)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP))) {
      LOG.warn("The topology did not stop within {} s", CLOSE_BOUND.toSeconds());
    }
    if (accounts != null) {
      accounts.close();
    }
    if (reports != null) {
      reports.close();
    }
    if (metrics != null) {
      metrics.close();
    }
    if (serde != null) {
      serde.close();
    }
  }
}

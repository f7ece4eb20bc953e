package io.mailstream.sender;

import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.runtime.tracing.Tracing;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The pipeline of one history, with everything real but the ESP: broker and SES simulator here, the
 * topology in another process, a sender that dies where it is told to.
 */
final class CrashWorld implements AutoCloseable {

  static final int OPEN_SENDS = 16;
  private static final Duration SESSION = Duration.ofSeconds(1);
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

  private final TestTopics records =
      new TestTopics(SharedKafka.bootstrapServers(), EmbeddedRegistry.shared().url());
  private final String group = records.senderGroup(SESSION);
  private final SesSimulator ses;
  private final long seed;
  private final Path directory;
  private final Policies policies;
  private SenderRole sender;

  CrashWorld(Path directory, long seed) {
    this.directory = directory;
    this.seed = seed;
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
    try {
      Files.writeString(policyFile(), POLICIES.formatted(ses.url()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    policies = PolicyLoader.load(policyFile());
  }

  private Path policyFile() {
    return directory.resolve("policies.yaml");
  }

  /** What its topology is started with. */
  Map<String, String> topologySettings() {
    Map<String, String> settings = records.settings();
    settings.put("role", "topology");
    settings.put("policies.file", policyFile().toString());
    settings.put("http.port", "0");
    settings.put("topology.application.id", records.topics.prefix() + "topology");
    settings.put("topology.state.dir", directory.resolve("stores").toString());
    settings.put("topology.standbys", "0");
    settings.put("topology.threads", "1");
    settings.put("streams.main.consumer.session.timeout.ms", "3000");
    settings.put("streams.main.consumer.heartbeat.interval.ms", "500");
    return settings;
  }

  long seed() {
    return seed;
  }

  SesSimulator ses() {
    return ses;
  }

  /** Starts a sender, in place of one that has died, where there was one. */
  void startSender(String instance, Checkpoints checkpoints, Crash crash) {
    Map<String, String> settings = records.settings();
    settings.put(SenderConfig.GROUP_ID, group);
    settings.put(SenderConfig.INSTANCE_ID, instance);
    settings.put(SenderConfig.OPEN_SENDS, String.valueOf(OPEN_SENDS));
    settings.put(SenderConfig.TRANSACTION_TIMEOUT, "2000");
    settings.put(SenderConfig.PURGE_INTERVAL, "100");
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
            records.topics,
            policies,
            account -> ProviderFactory.create(account, SenderConfig.accounts(config)),
            new SenderRole.Serdes(records.serializer, records.deserializer),
            new SimpleMeterRegistry(),
            new SenderRole.Surroundings(
                InstantSource.system(),
                checkpoints,
                Tracing.OFF,
                made -> new AbruptClients(made, crash::hasHappened)));
    sender.start();
  }

  void closeSender() {
    if (sender != null) {
      sender.close();
      sender = null;
    }
  }

  /** Produces a request; its record is acknowledged when the future is there. */
  Future<RecordMetadata> produce(Lane lane, byte[] key, SendRequest request) {
    return records.send(records.topics.requests(lane), key, request);
  }

  /** How many results there are so far. */
  int countResults() {
    return records.readRaw(records.topics.results()).size();
  }

  /** All results so far. */
  List<SendResult> results() {
    return records.read(records.topics.results(), SendResult.class);
  }

  @Override
  public void close() {
    closeSender();
    records.close();
    ses.close();
  }
}

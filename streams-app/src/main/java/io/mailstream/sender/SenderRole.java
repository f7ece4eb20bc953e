package io.mailstream.sender;

import io.mailstream.app.Role;
import io.mailstream.policy.Policies;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.runtime.health.HealthCheck;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.AvroSerdeConfig;
import io.mailstream.sender.content.ContentStore;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.sender.recipient.RecipientGate;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sender: takes deliveries from the dispatch topics and gives them to the ESPs, outside Kafka
 * Streams, because a call that blocks and cannot be undone has no place in a topology.
 */
public final class SenderRole implements Role {

  private static final Logger LOG = LoggerFactory.getLogger(SenderRole.class);

  /** What a stop takes beside the wait for calls in flight: commits, and leaving the group. */
  private static final Duration STOP_MARGIN = Duration.ofMillis(2_500);

  /** What remains of {@link #stopBound} after the process, to close monitor and accounts. */
  private static final Duration CLOSE_MARGIN = Duration.ofMillis(200);

  /** The loop must not stand still for the registry: it asks again by itself. */
  private static final Map<String, Object> IMPATIENT =
      Map.of(AvroSerdeConfig.RETRY_TIMEOUT_MS, 100, AvroSerdeConfig.READ_TIMEOUT_MS, 2_000);

  private final Map<String, AccountGate> accounts = new TreeMap<>();
  private final SenderProcess process;
  private final AccountMonitor monitor;
  private final ContentStore contents;
  private final RecipientGate recipients;
  private final AccountReporter reporter;
  private final CredentialWatch credentials;
  private final InstantSource clock;
  private final Duration stopBound;

  /**
   * A sender that has not begun.
   *
   * @param config with the settings of {@link SenderConfig#define}
   * @param policies the accounts
   * @param registry where its meters go
   * @param tracing makes a span of each call
   * @throws IllegalArgumentException if the settings of an account, of referenced content or of the
   *     check of recipients are wrong, or a stream is a subscription and nothing is set to end it
   *     by; names every fault
   */
  public SenderRole(
      ServiceConfig config, Policies policies, MeterRegistry registry, Tracing tracing) {
    this(
        SenderConfig.of(config),
        new Topics(config.getString(CommonConfig.TOPICS_PREFIX)),
        policies,
        providers(config, policies),
        serdes(config),
        registry,
        Surroundings.real(tracing));
  }

  SenderRole(
      SenderConfig config,
      Topics topics,
      Policies policies,
      AccountProviders providers,
      Serdes serdes,
      MeterRegistry registry,
      Surroundings surroundings) {
    clock = surroundings.clock();
    stopBound = config.handoverTimeout().plus(STOP_MARGIN);
    int calls = config.callsOfOne(policies.accounts().size());
    policies
        .accounts()
        .forEach((name, account) ->
            accounts.put(
                name,
                new AccountGate(account, providers.create(account), calls, config.slow(), clock)));
    monitor = new AccountMonitor(accounts.values(), clock);
    RecordCodec codec = new RecordCodec(topics, serdes.serializer(), serdes.deserializer());
    SenderMetrics metrics = new SenderMetrics(topics, policies.domainGroups(), registry);
    metrics.expect(policies.tenants().values());
    contents =
        ContentStore.create(
            policies.references(), config.content(), config.contentWaits(), registry);
    recipients = RecipientGate.create(config.recipients(), config.checkWaits(), registry);
    accounts.values().forEach(metrics::account);
    credentials =
        new CredentialWatch(accounts.values(), providers, metrics, config.credentialsInterval());
    SenderClients clients = surroundings.clients().apply(config);
    reporter =
        new AccountReporter(config.instanceId(), accounts.values(), codec, clients::reports, clock);
    process =
        new SenderProcess(
            config,
            topics,
            codec,
            accounts,
            monitor,
            contents,
            recipients,
            metrics,
            clients,
            surroundings);
  }

  private static AccountProviders providers(ServiceConfig config, Policies policies) {
    return new ConfiguredProviders(
        config::resolveAgain,
        ProviderFactory::create,
        UnsubscribeSettings.of(config, policies)
            .map(settings -> new UnsubscribeHeaders(policies, settings))
            .<UnaryOperator<EmailProvider>>map(
                headers -> provider -> new UnsubscribingProvider(provider, headers))
            .orElse(UnaryOperator.identity()));
  }

  /** What writes and reads Avro. */
  record Serdes(Serializer<Object> serializer, Deserializer<Object> deserializer) {}

  /** What tests replace. */
  record Surroundings(
      InstantSource clock,
      Checkpoints checkpoints,
      Tracing tracing,
      Function<SenderConfig, SenderClients> clients) {

    static Surroundings real(Tracing tracing) {
      return new Surroundings(
          InstantSource.system(), Checkpoints.NONE, tracing, SenderClients::new);
    }
  }

  @SuppressWarnings("unchecked") // the classes are named in the configuration
  static Serdes serdes(ServiceConfig config) {
    Map<String, Object> settings = new HashMap<>(IMPATIENT);
    settings.putAll(CommonConfig.serdes(config));
    try {
      Serializer<Object> serializer =
          Utils.newInstance(config.getString(CommonConfig.AVRO_SERIALIZER), Serializer.class);
      Deserializer<Object> deserializer =
          Utils.newInstance(config.getString(CommonConfig.AVRO_DESERIALIZER), Deserializer.class);
      serializer.configure(settings, false);
      deserializer.configure(settings, false);
      return new Serdes(serializer, deserializer);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "the class %s named by %s or %s is not on the class path"
              .formatted(
                  e.getMessage(), CommonConfig.AVRO_SERIALIZER, CommonConfig.AVRO_DESERIALIZER),
          e);
    }
  }

  @Override
  public String name() {
    return "sender";
  }

  @Override
  public void start() {
    monitor.start();
    credentials.start();
    reporter.start();
    process.start();
  }

  @Override
  public List<HealthCheck> livenessChecks() {
    return List.of(check("sender", () -> process.failure()));
  }

  @Override
  public List<HealthCheck> readinessChecks() {
    List<HealthCheck> checks = new ArrayList<>();
    checks.add(check("sender", () -> process.trouble()));
    checks.add(check("suppression-gate", () -> process.gateTrouble()));
    checks.add(check("sender-schema-registry", () -> process.registryTrouble()));
    accounts.forEach(
        (name, gate) -> checks.add(HealthCheck.of("account-" + name, () -> account(gate))));
    return checks;
  }

  /** One account that takes no mail is no reason to take the service out, as long as others do. */
  private CheckResult account(AccountGate gate) {
    long now = clock.millis();
    Optional<String> trouble = gate.trouble(now);
    if (trouble.isEmpty()) {
      return gate.renewalTrouble().map(CheckResult::up).orElseGet(CheckResult::up);
    }
    return accounts.values().stream().allMatch(other -> other.trouble(now).isPresent())
        ? CheckResult.down(trouble.get())
        : CheckResult.up(trouble.get());
  }

  private static HealthCheck check(String name, java.util.function.Supplier<String> trouble) {
    return HealthCheck.of(
        name,
        () -> {
          String why = trouble.get();
          return why.isEmpty() ? CheckResult.up() : CheckResult.down(why);
        });
  }

  @Override
  public Duration stopBound() {
    return stopBound.plus(CLOSE_MARGIN);
  }

  @Override
  public void close() {
    LOG.info("The sender stops");
    reporter.close();
    process.stop(stopBound);
    credentials.close();
    monitor.close();
    accounts.values().forEach(AccountGate::close);
    contents.close();
    recipients.close();
    LOG.info("The sender has stopped");
  }
}

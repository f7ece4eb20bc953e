package io.mailstream.app;

import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyFaults;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ConfigFaults;
import io.mailstream.runtime.config.ConfigSources;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.lifecycle.Shutdown;
import io.mailstream.runtime.logging.Logging;
import io.mailstream.runtime.metrics.Metrics;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.sender.SenderRole;
import io.mailstream.streams.topology.TopologySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.state.HostInfo;

/**
 * The streams app: topology with query API, sender, or both, behind one HTTP server with {@code
 * /livez}, {@code /readyz} and {@code /metrics}.
 */
public final class StreamsApp implements AutoCloseable {

  /**
   * What is left for the parts after the roles: with the roles' usual bound, nine seconds in all.
   */
  private static final Duration REST_BOUND = Duration.ofMillis(300);

  private static final Duration SMALL_BOUND = Duration.ofSeconds(2);

  private static final String NAME = "streams-app";

  private final HttpService http;
  private final Health health;
  private final Shutdown shutdown;

  private StreamsApp(HttpService http, Health health, Shutdown shutdown) {
    this.http = http;
    this.health = health;
    this.shutdown = shutdown;
  }

  /**
   * Runs until told to stop. {@code --config FILE} names a properties file; the environment goes
   * over it. Exits with 2 where the configuration or the policies have faults.
   */
  public static void main(String[] args) throws InterruptedException {
    StreamsApp app;
    try {
      app = start(ConfigSources.load(configFile(args), System.getenv(), Map.of()));
    } catch (ConfigFaults | PolicyFaults | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    app.shutdown.onJvmShutdown();
    app.shutdown.await();
  }

  /**
   * Starts the roles that the configuration names; they go on starting in the background.
   *
   * @throws ConfigFaults where the configuration has faults
   * @throws PolicyFaults where the policies have
   */
  public static StreamsApp start(Map<String, String> settings) {
    return start(settings, Tracing::create);
  }

  /** The same with tracing of another kind. */
  public static StreamsApp start(Map<String, String> settings, Tracing.Factory traces) {
    StreamsAppConfig config = new StreamsAppConfig(settings);
    Logging.configure(CommonConfig.logsClearAddresses(config));
    Policies policies = PolicyLoader.load(config.policiesFile());
    Metrics metrics = Metrics.create(NAME);
    Tracing tracing = traces.create(config, NAME, metrics.registry());
    AtomicReference<HostInfo> self = new AtomicReference<>();
    List<Role> roles = roles(config, policies, metrics, tracing, self);
    Dependencies dependencies = new Dependencies(config);
    Health health = new Health();
    dependencies.checks().forEach(health::readiness);
    HttpService http;
    try {
      http =
          HttpService.start(
              "streams app",
              config.getString(CommonConfig.HTTP_HOST),
              config.getInt(CommonConfig.HTTP_PORT),
              config.getLong(CommonConfig.HTTP_MAX_BODY_BYTES),
              health,
              metrics,
              routing -> roles.forEach(role -> role.routes(routing)));
    } catch (RuntimeException e) {
      closeAll(roles);
      dependencies.close();
      tracing.close();
      metrics.close();
      throw e;
    }
    self.set(advertised(config, http.port()));
    Duration rolesBound =
        roles.stream().map(Role::stopBound).max(Comparator.naturalOrder()).orElseThrow();
    Shutdown shutdown = new Shutdown(rolesBound.plus(REST_BOUND));
    for (Role role : roles) {
      role.start();
      role.livenessChecks().forEach(health::liveness);
      role.readinessChecks().forEach(health::readiness);
    }
    shutdown.register("roles", rolesBound, () -> closeAll(roles));
    shutdown.register("http", SMALL_BOUND, http);
    shutdown.register("readiness", SMALL_BOUND, dependencies);
    shutdown.register("traces", SMALL_BOUND, tracing);
    shutdown.register("metrics", SMALL_BOUND, metrics);
    return new StreamsApp(http, health, shutdown);
  }

  private static List<Role> roles(
      StreamsAppConfig config,
      Policies policies,
      Metrics metrics,
      Tracing tracing,
      AtomicReference<HostInfo> self) {
    List<Role> roles = new ArrayList<>();
    if (config.roles().contains(StreamsAppConfig.TOPOLOGY)) {
      roles.add(new TopologyRole(config, policies, metrics.registry(), tracing, self::get));
    }
    if (config.roles().contains(StreamsAppConfig.SENDER)) {
      roles.add(new SenderRole(config, policies, metrics.registry(), tracing));
    }
    return roles;
  }

  /** All at once: each takes seconds, and together they have no longer than one. */
  private static void closeAll(List<Role> roles) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      roles.forEach(role -> executor.execute(role::close));
    }
  }

  private static HostInfo advertised(StreamsAppConfig config, int port) {
    String advertised = config.getString(TopologySettings.ADVERTISED);
    return advertised.isEmpty()
        ? new HostInfo(config.getString(CommonConfig.HTTP_HOST), port)
        : HostInfo.buildFromEndpoint(advertised);
  }

  private static Optional<Path> configFile(String[] args) {
    if (args.length == 0) {
      return Optional.empty();
    }
    if (args.length == 2 && args[0].equals("--config")) {
      return Optional.of(Path.of(args[1]));
    }
    throw new IllegalArgumentException("usage: streams-app [--config FILE]");
  }

  /** The port of the HTTP server. */
  public int port() {
    return http.port();
  }

  /** The URL of the HTTP server, without a path. */
  public String url() {
    return http.url();
  }

  /** What works and what does not. */
  public Health health() {
    return health;
  }

  /** Stops all: within ten seconds, or as long as calls in flight are to be waited for. */
  @Override
  public void close() {
    shutdown.close();
  }
}

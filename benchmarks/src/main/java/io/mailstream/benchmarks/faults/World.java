package io.mailstream.benchmarks.faults;

import io.mailstream.app.StreamsApp;
import io.mailstream.benchmarks.faults.Fault.Role;
import io.mailstream.embedded.Directories;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.Ports;
import io.mailstream.embedded.ses.SnsOptions;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.webhook.WebhookIngestApp;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;

/**
 * The pipeline of a run, each part a process: broker, two topologies, two senders, an ingester, the
 * ESP. Registry and network are here, since they are to go away and come back.
 */
final class World implements Targets, AutoCloseable {

  static final int OPEN_SENDS = 64;
  static final int SENDERS = 2;

  /** The groups of the pipeline. */
  static final List<String> GROUPS = List.of("mailstream", "mailstream-sender");

  private static final int TOPOLOGIES = 2;
  private static final Duration START = Duration.ofSeconds(180);

  private final Path directory;
  private final Duration session;
  private final Topics topics = Topics.withDefaultPrefix();
  private final Map<Role, List<Victim>> victims = new EnumMap<>(Role.class);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final int brokerPort = Ports.free();
  private final int registryPort = Ports.free();
  private Esp esp;
  private EmbeddedRegistry registry;

  /**
   * Nothing runs yet.
   *
   * @param session after which a member of a group that says nothing is left out
   */
  World(Path directory, Duration session) {
    this.directory = directory;
    this.session = session;
  }

  /** Starts all and returns when all are ready. */
  void start(long seed, Duration evidence) throws IOException {
    int ingesterPort = Ports.free();
    Victim broker =
        add(
            Role.BROKER,
            victim(
                "broker",
                "768m",
                FaultyBrokerPart.class,
                0,
                directory.resolve("kafka").toString(),
                String.valueOf(brokerPort),
                String.valueOf(session.toMillis())));
    broker.start();
    startRegistry();
    esp = Esp.start(directory, seed, "http://127.0.0.1:%d/webhooks/ses".formatted(ingesterPort));
    add(Role.ESP, esp.victim());
    open.add(esp);
    Path policies =
        Files.writeString(
            directory.resolve("policies.yaml"), Scenario.policies(esp.network().url(), evidence));
    require(broker);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      TopicSetup.createMissing(admin, topics, Scenario.PARTITIONS, (short) 1);
    }
    services(policies, ingesterPort, esp.certificate());
    for (Role role : List.of(Role.TOPOLOGY, Role.SENDER, Role.INGESTER)) {
      for (Victim victim : victims.get(role)) {
        victim.start();
      }
    }
    for (List<Victim> each : victims.values()) {
      for (Victim victim : each) {
        require(victim);
      }
    }
  }

  private void services(Path policies, int ingesterPort, String certificate) throws IOException {
    add(
        Role.INGESTER,
        service(
            "ingester",
            "256m",
            WebhookIngestApp.class,
            ingesterPort,
            Map.of(
                "ses.sns.topic.arns",
                SnsOptions.DEFAULT_TOPIC_ARN,
                "ses.sns.test.certificate",
                certificate)));
    for (int i = 0; i < TOPOLOGIES; i++) {
      Map<String, String> settings = new HashMap<>();
      settings.put("role", "topology");
      settings.put("policies.file", policies.toString());
      settings.put("topology.state.dir", state(i).toString());
      settings.put("topology.threads", "1");
      settings.put("topology.standbys", "1");
      settings.put("streams.main.consumer.session.timeout.ms", String.valueOf(session.toMillis()));
      settings.put(
          "streams.main.consumer.heartbeat.interval.ms", String.valueOf(session.toMillis() / 4));
      String name = Role.TOPOLOGY.name(i);
      add(Role.TOPOLOGY, service(name, "512m", StreamsApp.class, Ports.free(), settings));
    }
    for (int i = 0; i < SENDERS; i++) {
      Map<String, String> settings = new HashMap<>();
      settings.put("role", "sender");
      settings.put("policies.file", policies.toString());
      settings.put("sender.instance.id", Role.SENDER.name(i));
      settings.put("sender.open.sends", String.valueOf(OPEN_SENDS));
      settings.put("sender.transaction.timeout.ms", String.valueOf(session.toMillis()));
      settings.put("sender.start.max.delay.ms", String.valueOf(session.toMillis() / 3));
      // What was dispatched is read at the end.
      settings.put("sender.purge.interval.ms", "3600000");
      for (String account : List.of("main", "quiet", "club")) {
        settings.put("accounts.%s.access.key.id".formatted(account), "id");
        settings.put("accounts.%s.secret.access.key".formatted(account), "secret");
      }
      String name = Role.SENDER.name(i);
      add(Role.SENDER, service(name, "384m", StreamsApp.class, Ports.free(), settings));
    }
  }

  private Victim service(
      String name, String heap, Class<?> main, int port, Map<String, String> more)
      throws IOException {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap());
    properties.put("schema.registry.url", registryUrl());
    properties.put("http.host", "127.0.0.1");
    properties.put("http.port", String.valueOf(port));
    properties.putAll(more);
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Path file = Files.writeString(directory.resolve(name + ".properties"), text.toString());
    return victim(name, heap, main, port, "--config", file.toString());
  }

  private Victim victim(String name, String heap, Class<?> main, int port, String... args) {
    return Victim.java(name, directory, heap, main, port, args);
  }

  private Victim add(Role role, Victim victim) {
    victims.computeIfAbsent(role, any -> new ArrayList<>()).add(victim);
    open.add(victim);
    return victim;
  }

  private static void require(Victim victim) throws IOException {
    if (!victim.awaitReady(START)) {
      throw new IOException(
          "%s is not ready after %d s: see %s"
              .formatted(victim.name(), START.toSeconds(), victim.log()));
    }
  }

  @Override
  public Map<Role, List<Victim>> victims() {
    return victims;
  }

  @Override
  public Esp esp() {
    return esp;
  }

  Topics topics() {
    return topics;
  }

  String bootstrap() {
    return "127.0.0.1:" + brokerPort;
  }

  String registryUrl() {
    return "http://127.0.0.1:" + registryPort;
  }

  private Path state(int instance) {
    return directory.resolve("state-%d".formatted(instance + 1));
  }

  @Override
  public void startRegistry() {
    registry =
        EmbeddedRegistry.start(
            "127.0.0.1", registryPort, Optional.of(directory.resolve("registry.json")));
  }

  @Override
  public void stopRegistry() {
    registry.close();
  }

  @Override
  public void wipe(int instance) {
    Directories.delete(state(instance));
  }

  @Override
  public void close() {
    for (AutoCloseable part : open.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        System.err.printf("%s cannot be stopped: %s%n", part, e);
      }
    }
    if (registry != null) {
      registry.close();
    }
  }
}

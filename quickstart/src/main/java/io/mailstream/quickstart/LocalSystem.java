package io.mailstream.quickstart;

import io.mailstream.app.StreamsApp;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.embedded.ses.SnsOptions;
import io.mailstream.embedded.ses.SnsTopic;
import io.mailstream.runtime.lifecycle.Shutdown;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.UnsubscribeKeys;
import io.mailstream.schemas.UnsubscribeTokens;
import io.mailstream.webhook.WebhookIngestApp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/** The whole system in this JVM: broker, registry, SES simulator, and Mailstream's services. */
final class LocalSystem implements AutoCloseable {

  /** How long all may take until it is ready: the first start, on a busy machine. */
  static final Duration READY_WITHIN = Duration.ofSeconds(180);

  private static final int PARTITIONS = 4;
  private static final Duration POLL = Duration.ofMillis(100);

  private final QuickstartPorts ports;
  private final Path data;
  private final Plot plot;
  private final Console console;
  private final Tracing.Factory tracing;
  private final Shutdown shutdown = new Shutdown();
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile EmbeddedKafka kafka;
  private volatile EmbeddedRegistry registry;
  private volatile SesSimulator ses;
  private volatile SesSimulator secondSes;
  private volatile WebhookIngestApp webhooks;
  private volatile StreamsApp streams;

  /**
   * Nothing runs yet.
   *
   * @param plot what is to be played
   * @param data the directory that all data lies in
   */
  LocalSystem(QuickstartPorts ports, Plot plot, Path data, Console console) {
    this(ports, plot, data, console, Tracing::create);
  }

  /** The same with tracing of another kind. */
  LocalSystem(
      QuickstartPorts ports, Plot plot, Path data, Console console, Tracing.Factory tracing) {
    this.tracing = tracing;
    this.ports = ports;
    this.plot = plot;
    this.data = data;
    this.console = console;
  }

  /**
   * Starts all and returns when all are ready.
   *
   * @throws QuickstartFailure if a part does not come up in time
   */
  void start() throws InterruptedException {
    kafka =
        part(
            "Kafka",
            ports.kafka(),
            () ->
                EmbeddedKafka.start(
                    EmbeddedKafka.Options.defaults()
                        .port(ports.kafka())
                        .dataDir(data.resolve("kafka"))));
    registry =
        part(
            "schema registry",
            ports.registry(),
            () ->
                EmbeddedRegistry.start(
                    "127.0.0.1", ports.registry(), Optional.of(data.resolve("registry.json"))));
    ses = simulator("SES simulator", ports.ses(), "ses");
    if (plot.accounts().size() > 1) {
      secondSes = simulator("second SES simulator", ports.secondSes(), "ses-second");
    }
    createTopics();
    webhooks =
        part(
            "webhook ingester",
            ports.webhooks(),
            () -> WebhookIngestApp.start(webhookSettings(), tracing));
    streams =
        part(
            "topology, sender and query API",
            ports.api(),
            () -> StreamsApp.start(streamsSettings(), tracing));
    awaitReady();
    writeClientProperties();
  }

  private SesSimulator simulator(String name, int port, String directory) {
    return part(
        name,
        port,
        () ->
            SesSimulator.start(
                SesSimulator.Options.defaults().port(port).dataDir(data.resolve(directory))));
  }

  private <T> T part(String name, int port, Supplier<T> starter) {
    long start = System.nanoTime();
    T started = starter.get();
    console.line("  %-32s 127.0.0.1:%-5d  %s".formatted(name, port, Console.since(start)));
    return started;
  }

  private void createTopics() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      TopicSetup.createMissing(admin, topics(), PARTITIONS, (short) 1);
    }
  }

  private Map<String, String> common(int port) {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers());
    settings.put("schema.registry.url", registryUrl());
    settings.put("http.host", "127.0.0.1");
    settings.put("http.port", String.valueOf(port));
    return settings;
  }

  private Map<String, String> webhookSettings() {
    Map<String, String> settings = common(ports.webhooks());
    settings.put("ses.sns.topic.arns", SnsOptions.DEFAULT_TOPIC_ARN);
    settings.put("ses.sns.test.certificate", ses.signingCertificateUrl());
    settings.put(UnsubscribeKeys.KEYS, unsubscribeKeys());
    return settings;
  }

  private Map<String, String> streamsSettings() {
    Map<String, String> settings = common(ports.api());
    settings.put("role", "all");
    settings.put("policies.file", policies().toString());
    settings.put("topology.state.dir", data.resolve("streams").toString());
    settings.put("topology.standbys", "0");
    settings.put(UnsubscribeKeys.KEYS, unsubscribeKeys());
    settings.put("unsubscribe.url", webhooksUrl() + "/unsubscribe");
    for (String account : plot.accounts()) {
      settings.put("accounts.%s.access.key.id".formatted(account), "simulated");
      settings.put("accounts.%s.secret.access.key".formatted(account), "simulated");
    }
    return settings;
  }

  /** Made on the first start, so that links outlive the process. */
  private String unsubscribeKeys() {
    Path file = data.resolve("unsubscribe.keys");
    try {
      if (!Files.exists(file)) {
        byte[] key = new byte[UnsubscribeTokens.KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Files.writeString(file, "1:" + Base64.getEncoder().encodeToString(key));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write " + file, e);
    }
  }

  /** The user's policies, with the addresses that the simulators have this time. */
  private Path policies() {
    Path own = policiesFile();
    Path effective = data.resolve("policies.effective.yaml");
    try {
      if (!Files.exists(own)) {
        try (InputStream sample = LocalSystem.class.getResourceAsStream("/" + plot.policies())) {
          Files.write(own, sample.readAllBytes());
        }
      }
      QuickstartPorts written = QuickstartPorts.withOffset(0);
      Files.writeString(
          effective,
          Files.readString(own)
              .replace(loopback(written.ses()), loopback(ports.ses()))
              .replace(loopback(written.secondSes()), loopback(ports.secondSes())));
      return effective;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write the policies in " + data, e);
    }
  }

  private void awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    awaitReady("webhook ingester", webhooksUrl(), deadline);
    SnsTopic topic = ses.subscribe(SnsOptions.to(URI.create(webhooksUrl() + "/webhooks/ses")));
    if (secondSes != null) {
      secondSes.publishTo(topic);
    }
    awaitReady("topology and sender", apiUrl(), deadline);
    if (!topic.awaitConfirmed(remaining(deadline))) {
      throw new QuickstartFailure(
          "the webhook ingester did not confirm the subscription to SES's events within %d s"
              .formatted(READY_WITHIN.toSeconds()));
    }
  }

  private void awaitReady(String name, String url, long deadline) throws InterruptedException {
    long start = System.nanoTime();
    String answer = "no answer";
    while (remaining(deadline).isPositive()) {
      HttpResponse<String> readiness = readiness(url);
      if (readiness != null && readiness.statusCode() == 200) {
        console.line("  %-32s ready            %s".formatted(name, Console.since(start)));
        return;
      }
      answer = readiness == null ? answer : readiness.body();
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
    throw new QuickstartFailure(
        "%s is not ready after %d s: %s/readyz says %s"
            .formatted(name, READY_WITHIN.toSeconds(), url, answer.strip()));
  }

  private HttpResponse<String> readiness(String url) throws InterruptedException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(url + "/readyz"))
              .timeout(Duration.ofSeconds(5))
              .build(),
          HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return null;
    }
  }

  private static Duration remaining(long deadline) {
    return Duration.ofNanos(deadline - System.nanoTime());
  }

  /** Starts a Prometheus that looks at both services. */
  LocalPrometheus prometheus(Path program) throws InterruptedException {
    return LocalPrometheus.start(
        program,
        data.resolve("prometheus"),
        ports.prometheus(),
        List.of("127.0.0.1:" + ports.api(), "127.0.0.1:" + ports.webhooks()));
  }

  Topics topics() {
    return Topics.withDefaultPrefix();
  }

  SesSimulator ses() {
    return ses;
  }

  /** The one of the second account; null where the plot has one account. */
  SesSimulator secondSes() {
    return secondSes;
  }

  Path policiesFile() {
    return data.resolve(plot.policies());
  }

  /** A file with the addresses of this start, for bin/mailstream. */
  Path clientProperties() {
    return data.resolve("client.properties");
  }

  private void writeClientProperties() {
    String text =
        "bootstrap.servers=%s%nschema.registry.url=%s%napi.url=%s%n"
            .formatted(bootstrapServers(), registryUrl(), apiUrl());
    try {
      Files.writeString(clientProperties(), text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + clientProperties(), e);
    }
  }

  String bootstrapServers() {
    return "127.0.0.1:" + ports.kafka();
  }

  private static String loopback(int port) {
    return "http://127.0.0.1:" + port;
  }

  String registryUrl() {
    return loopback(ports.registry());
  }

  String apiUrl() {
    return loopback(ports.api());
  }

  String webhooksUrl() {
    return loopback(ports.webhooks());
  }

  String sesUrl() {
    return loopback(ports.ses());
  }

  /** Stops all, services first and the broker last, in less than ten seconds. */
  @Override
  public void close() {
    register("callbacks", Duration.ofSeconds(1), ses == null ? null : ses::stopCallbacks);
    register("webhooks", Duration.ofSeconds(2), webhooks);
    register("streams", Duration.ofSeconds(5), streams);
    register("ses", Duration.ofMillis(500), ses);
    register("second ses", Duration.ofMillis(500), secondSes);
    register("registry", Duration.ofSeconds(1), registry);
    register("kafka", Duration.ofSeconds(5), kafka);
    shutdown.close();
    http.shutdownNow();
  }

  private void register(String name, Duration bound, AutoCloseable part) {
    if (part != null) {
      shutdown.register(name, bound, part);
    }
  }
}

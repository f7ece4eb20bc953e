package io.mailstream.deployment.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.Ports;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.embedded.ses.SnsOptions;
import io.mailstream.embedded.ses.SnsTopic;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs out of the images, on the Java runtime out of the images: its modules are enough,
 * and the native parts of RocksDB and of the AWS client load. Only the base image is this machine.
 */
class ImageRunIT {

  private static final Duration DEADLINE = Duration.ofSeconds(120);
  private static final String POLICIES =
      """
      accounts:
        ses:
          provider: ses
          settings: {region: us-east-1, endpoint: "%s", configuration_set: mailstream}
      tenants:
        demo:
          from_domains: [example.com]
          streams: {monitor: {}}
      """;

  private final String brokers = SharedKafka.bootstrapServers();
  private final EmbeddedRegistry registry = EmbeddedRegistry.shared();
  private final Topics topics = new Topics(EmbeddedKafka.uniquePrefix());
  private final List<Process> started = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private SesSimulator ses;
  @TempDir private Path directory;

  @BeforeAll
  static void imagesAreBuilt() {
    assumeFalse(
        Boolean.getBoolean("mailstream.images.skip"),
        "no images are run: -Dquick, or not on Linux");
  }

  @BeforeEach
  void startWhatIsAround() {
    ses = SesSimulator.start(SesSimulator.Options.defaults().port(Ports.free()));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      TopicSetup.createMissing(admin, topics, 2, (short) 1);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    ses.close();
    http.close();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.deleteTopics(topics.all().stream().map(Topics.TopicSpec::name).toList()).all().get();
    }
  }

  @Test
  void oneMailComesThroughThemAll() throws Exception {
    int hooks = Ports.free();
    Process webhooks = start("webhook-ingest", webhookSettings(hooks));
    int api = Ports.free();
    Process streams = start("streams-app", streamsSettings(api));
    awaitReady("webhook-ingest", webhooks, hooks);
    SnsTopic sns =
        ses.subscribe(SnsOptions.to(URI.create("http://127.0.0.1:" + hooks + "/webhooks/ses")));
    awaitReady("streams-app", streams, api);
    assertThat(sns.awaitConfirmed(DEADLINE)).as(log("webhook-ingest")).isTrue();

    Process monitor =
        start(
            "cli",
            common(),
            "monitor",
            "--tenant=demo",
            "--stream=monitor",
            "--from=monitor@example.com",
            "--to=success@simulator.amazonses.com",
            "--within=PT1M");

    assertThat(monitor.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(monitor.exitValue()).as(log("cli") + log("streams-app")).isZero();
    assertThat(log("cli")).contains("SENT", "DELIVERED");
    for (Process service : List.of(streams, webhooks)) {
      service.destroy();
      assertThat(service.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      // 128 + SIGTERM: the JVM ended in order.
      assertThat(service.exitValue()).isEqualTo(143);
    }
  }

  private Map<String, String> common() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("bootstrap.servers", brokers);
    settings.put("schema.registry.url", registry.url());
    settings.put("topics.prefix", topics.prefix());
    return settings;
  }

  private Map<String, String> webhookSettings(int port) {
    Map<String, String> settings = common();
    settings.put("http.host", "127.0.0.1");
    settings.put("http.port", String.valueOf(port));
    settings.put("ses.sns.topic.arns", SnsOptions.DEFAULT_TOPIC_ARN);
    settings.put("ses.sns.test.certificate", ses.signingCertificateUrl());
    return settings;
  }

  private Map<String, String> streamsSettings(int port) throws IOException {
    Path policies = directory.resolve("policies.yaml");
    Files.writeString(policies, POLICIES.formatted(ses.url()));
    Map<String, String> settings = common();
    settings.put("role", "all");
    settings.put("http.host", "127.0.0.1");
    settings.put("http.port", String.valueOf(port));
    settings.put("policies.file", policies.toString());
    settings.put("topology.application.id", topics.prefix() + "app");
    settings.put("topology.state.dir", directory.resolve("state").toString());
    settings.put("topology.standbys", "0");
    settings.put("accounts.ses.access.key.id", "simulated");
    settings.put("accounts.ses.secret.access.key", "simulated");
    return settings;
  }

  /** Starts an image's entrypoint as a container engine does, but below another root. */
  private Process start(String module, Map<String, String> settings, String... arguments)
      throws IOException {
    Path root = Files.createDirectories(directory.resolve(module));
    ImageTar image = ImageTar.of(module);
    image.extract(root);
    Path classPath = root.resolve("app/jib-classpath-file");
    Files.writeString(
        classPath, Files.readString(classPath).replaceAll("(^|:)/app/", "$1" + root + "/app/"));
    String properties =
        settings.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
            .collect(Collectors.joining());
    Path config = Files.writeString(directory.resolve(module + ".properties"), properties);

    List<String> command = new ArrayList<>();
    for (String argument : image.entrypoint()) {
      command.add(argument.replaceFirst("^(@?)/(opt|app)/", "$1" + root + "/$2/"));
    }
    // A small container, in place of the machine's memory.
    command.add(1, "-Xmx256m");
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", config.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(logFile(module).toFile());
    builder.environment().clear();
    builder.environment().putAll(image.environment());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private Path logFile(String module) {
    return directory.resolve(module + ".log");
  }

  private String log(String module) throws IOException {
    return module + ":\n" + Files.readString(logFile(module), StandardCharsets.UTF_8);
  }

  private void awaitReady(String module, Process process, int port) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + "/readyz");
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    String answer = "nothing";
    while (System.nanoTime() < deadline) {
      assertThat(process.isAlive()).as(log(module)).isTrue();
      try {
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 200) {
          return;
        }
        answer = response.body();
      } catch (IOException e) {
        answer = e.toString();
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(
        "%s was not ready after %s: %s; %s".formatted(module, DEADLINE, answer, log(module)));
  }
}

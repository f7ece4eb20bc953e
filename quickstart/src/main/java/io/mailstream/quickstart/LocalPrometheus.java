package io.mailstream.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Prometheus of this machine, on 127.0.0.1 alone, with the alerts of the project: it looks at
 * the running system once a second, and time goes faster for it.
 */
final class LocalPrometheus implements AutoCloseable {

  /** By what every span of time in the rules is divided: ten minutes are five seconds. */
  static final int FACTOR = 120;

  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final String url;

  private LocalPrometheus(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** The program, where it is on the path. */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(directory -> Path.of(directory).resolve("prometheus"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The alerts of the project. */
  static Path rules() {
    return Path.of(System.getProperty("mailstream.home", ".."))
        .resolve(Path.of("helm", "mailstream", "rules", "alerts.yaml"));
  }

  /**
   * Starts it, and returns when it answers.
   *
   * @param directory where it keeps its configuration, its data and its log
   * @param targets host and port of what it looks at
   */
  static LocalPrometheus start(Path program, Path directory, int port, List<String> targets)
      throws InterruptedException {
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve("alerts.yaml"), FasterRules.of(Files.readString(rules()), FACTOR));
      Files.writeString(directory.resolve("prometheus.yaml"), configuration(targets));
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "--config.file=" + directory.resolve("prometheus.yaml"),
                  "--storage.tsdb.path=" + directory.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("prometheus.log").toFile())
              .start();
      LocalPrometheus prometheus = new LocalPrometheus(process, "http://127.0.0.1:" + port);
      prometheus.awaitReady(directory);
      return prometheus;
    } catch (IOException e) {
      throw new UncheckedIOException("Prometheus could not be started", e);
    }
  }

  private static String configuration(List<String> targets) {
    return """
    global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
    rule_files: [alerts.yaml]
    scrape_configs:
      - job_name: mailstream
        static_configs: [{targets: [%s]}]
    """
        .formatted(
            targets.stream().map(target -> "'" + target + "'").collect(Collectors.joining(", ")));
  }

  private void awaitReady(Path directory) throws InterruptedException {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (get("/-/ready").filter(answer -> answer.statusCode() == 200).isPresent()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    close();
    throw new QuickstartFailure(
        "Prometheus did not start: see " + directory.resolve("prometheus.log"));
  }

  String url() {
    return url;
  }

  /** The names of the alerts that fire now. */
  Set<String> firing() throws InterruptedException {
    Set<String> names = new TreeSet<>();
    for (JsonNode alert : answer("/api/v1/alerts").at("/data/alerts")) {
      if (alert.path("state").asText().equals("firing")) {
        names.add(alert.at("/labels/alertname").asText());
      }
    }
    return names;
  }

  /** How many of its targets answer. */
  int targetsUp() throws InterruptedException {
    int up = 0;
    for (JsonNode target : answer("/api/v1/targets").at("/data/activeTargets")) {
      up += target.path("health").asText().equals("up") ? 1 : 0;
    }
    return up;
  }

  private JsonNode answer(String path) throws InterruptedException {
    HttpResponse<String> response =
        get(path).orElseThrow(() -> new QuickstartFailure("Prometheus does not answer at " + url));
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new QuickstartFailure("Prometheus did not answer with JSON", e);
    }
  }

  private Optional<HttpResponse<String>> get(String path) throws InterruptedException {
    try {
      return Optional.of(
          http.send(
              HttpRequest.newBuilder(URI.create(url + path))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    process.destroy();
    try {
      if (!process.waitFor(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

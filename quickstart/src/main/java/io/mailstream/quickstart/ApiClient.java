package io.mailstream.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks the query API and the metrics. */
final class ApiClient implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long POLL_MILLIS = 50;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;

  ApiClient(String url) {
    this.url = url;
  }

  /**
   * Asks until the answer is that the address is suppressed; empty where the time is over.
   *
   * @param scope the query for tenant and stream
   */
  Optional<JsonNode> awaitSuppressed(String address, String scope, Duration atMost)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    String path =
        "/v1/suppressions/%s?%s"
            .formatted(URLEncoder.encode(address, StandardCharsets.UTF_8), scope);
    while (System.nanoTime() < deadline) {
      HttpResponse<String> response = get(path);
      if (response.statusCode() == 200) {
        JsonNode answer = read(response.body());
        if (answer.path("suppressed").asBoolean()) {
          return Optional.of(answer);
        }
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return Optional.empty();
  }

  /** The sum of a metric over its labels. */
  double total(String metric) throws InterruptedException {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private HttpResponse<String> get(String path) throws InterruptedException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new QuickstartFailure("%s%s does not answer: %s".formatted(url, path, e), e);
    }
  }

  private static JsonNode read(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new QuickstartFailure("the query API did not answer with JSON", e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

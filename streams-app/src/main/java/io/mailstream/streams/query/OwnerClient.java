package io.mailstream.streams.query;

import io.mailstream.runtime.http.Problem;
import io.mailstream.streams.query.Answers.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Asks the instance that owns a key, once: it answers or the caller is told to come back. A request
 * that was forwarded is never forwarded again.
 */
final class OwnerClient implements AutoCloseable {

  /** Marks a request that was forwarded. */
  static final String FORWARDED = "Mailstream-Forwarded";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int MAX_ANSWER_BYTES = 1024 * 1024;
  private static final Set<Integer> PASSED_ON = Set.of(200, 400, 404, 503);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /**
   * Asks.
   *
   * @param owner the instance
   * @param target path and query, as this instance got them
   * @param authorization the caller's own Authorization header
   */
  Answer get(HostInfo owner, String target, Optional<String> authorization) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://%s%s".formatted(authority(owner), target)))
            .timeout(TIMEOUT)
            .header(FORWARDED, "1");
    authorization.ifPresent(value -> request.header("Authorization", value));
    try {
      HttpResponse<InputStream> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        return answer(owner, response, body.readNBytes(MAX_ANSWER_BYTES + 1));
      }
    } catch (IOException e) {
      return unavailable(owner, "it does not answer (%s)".formatted(e.getClass().getSimpleName()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unavailable(owner, "this instance is stopping");
    }
  }

  private static Answer answer(HostInfo owner, HttpResponse<InputStream> response, byte[] body) {
    if (body.length > MAX_ANSWER_BYTES) {
      return unavailable(owner, "its answer is larger than %d bytes".formatted(MAX_ANSWER_BYTES));
    }
    if (response.statusCode() == 401) {
      return unavailable(
          owner, "it does not know the caller's token: give every instance the same api.tokens");
    }
    if (!PASSED_ON.contains(response.statusCode())) {
      return unavailable(owner, "it answered with status " + response.statusCode());
    }
    String type = response.headers().firstValue("Content-Type").orElse(Problem.MEDIA_TYPE);
    return new Answer(response.statusCode(), type, body);
  }

  private static Answer unavailable(HostInfo owner, String why) {
    Problem problem =
        Problem.of(
                503,
                "the instance %s owns this address, and %s; try again"
                    .formatted(authority(owner), why))
            .with("owner", authority(owner));
    return new Answer(problem.status(), Problem.MEDIA_TYPE, problem.json());
  }

  private static String authority(HostInfo host) {
    String name = host.host().contains(":") ? "[" + host.host() + "]" : host.host();
    return name + ":" + host.port();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

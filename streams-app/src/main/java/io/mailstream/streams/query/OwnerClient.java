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
import org.apache.kafka.streams.state.HostInfo;

/**
 * Asks another instance for what lies there, once: it answers for itself or says that it cannot. A
 * request that was forwarded is never forwarded again.
 */
final class OwnerClient implements AutoCloseable {

  /** Marks a request that was forwarded. */
  static final String FORWARDED = "Mailstream-Forwarded";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /**
   * Asks.
   *
   * @param target path and query
   * @param authorization the caller's own Authorization header
   * @return its answer, whatever the status; 503 where there is none
   */
  Answer get(HostInfo owner, String target, Optional<String> authorization) {
    return send(owner, request(owner, target, authorization).build());
  }

  /** As {@link #get}, with a body of JSON. */
  Answer post(HostInfo owner, String target, byte[] body, Optional<String> authorization) {
    return send(
        owner,
        request(owner, target, authorization)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  private static HttpRequest.Builder request(
      HostInfo owner, String target, Optional<String> authorization) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://%s%s".formatted(authority(owner), target)))
            .timeout(TIMEOUT)
            .header(FORWARDED, "1");
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private Answer send(HostInfo owner, HttpRequest request) {
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        return answer(owner, response, body.readNBytes(MAX_ANSWER_BYTES + 1));
      }
    } catch (IOException e) {
      return unavailable(owner, "does not answer (%s)".formatted(e.getClass().getSimpleName()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unavailable(owner, "was not asked: this one is stopping");
    }
  }

  private static Answer answer(HostInfo owner, HttpResponse<InputStream> response, byte[] body) {
    if (body.length > MAX_ANSWER_BYTES) {
      return unavailable(owner, "answers with more than %d bytes".formatted(MAX_ANSWER_BYTES));
    }
    if (response.statusCode() == 401 || response.statusCode() == 403) {
      return unavailable(
          owner, "does not know the caller's token: give every instance the same api.tokens");
    }
    String type = response.headers().firstValue("Content-Type").orElse(Problem.MEDIA_TYPE);
    return new Answer(response.statusCode(), type, body);
  }

  private static Answer unavailable(HostInfo owner, String why) {
    return Answer.notReady("the instance %s %s".formatted(authority(owner), why));
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

package io.mailstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Asks the query API, and says in words what is wrong where it does not answer. */
final class ApiClient implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Settings settings;
  private final Optional<Path> tokenFile;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  ApiClient(Settings settings, Optional<Path> tokenFile) {
    this.settings = settings;
    this.tokenFile = tokenFile;
  }

  /**
   * Asks.
   *
   * @param target path and query, encoded
   * @return the body of the answer
   * @throws CliException if it is not 200, or there is none
   */
  String get(String target) {
    HttpResponse<String> response = send("GET", target);
    if (response.statusCode() != 200) {
      throw refused(response);
    }
    return response.body();
  }

  /** As {@link #get}, as JSON. */
  JsonNode json(String target) {
    try {
      return JSON.readTree(get(target));
    } catch (JsonProcessingException e) {
      throw noApi();
    }
  }

  /** Sends a request without a body; whatever the answer is, it is returned. */
  HttpResponse<String> send(String method, String target) {
    HttpRequest.Builder request;
    try {
      request =
          HttpRequest.newBuilder(URI.create(settings.apiUrl() + target))
              .timeout(TIMEOUT)
              .method(method, HttpRequest.BodyPublishers.noBody())
              .header("Accept", "application/json");
      settings
          .apiToken(tokenFile)
          .ifPresent(token -> request.header("Authorization", "Bearer " + token));
    } catch (IllegalArgumentException e) {
      // Its message would repeat the token.
      throw new CliException(
          Exit.USAGE,
          "'%s' is no URL, or the token has characters that no token has"
              .formatted(settings.apiUrl()));
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new CliException(
          Exit.UNAVAILABLE,
          "the query API cannot be reached at %s (%s): check that it runs, and give its URL by"
                  .formatted(settings.apiUrl(), why)
              + " --api, --config or MAILSTREAM_API_URL",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(Exit.UNAVAILABLE, "interrupted", e);
    }
  }

  /** What answers is something else. */
  CliException noApi() {
    return new CliException(
        Exit.UNAVAILABLE,
        "%s does not answer as Mailstream's query API: check --api".formatted(settings.apiUrl()));
  }

  /** An answer that is none, in words. */
  CliException refused(HttpResponse<String> response) {
    String detail;
    try {
      detail = JSON.readTree(response.body()).path("detail").asText("");
    } catch (JsonProcessingException e) {
      detail = "";
    }
    String hint =
        switch (response.statusCode()) {
          case 401, 403 -> "; give the token by --token-file or MAILSTREAM_API_TOKEN";
          case 404 -> "; is this Mailstream's query API?";
          default -> "";
        };
    return new CliException(
        response.statusCode() == 400 ? Exit.USAGE : Exit.UNAVAILABLE,
        "%s answers %d %s%s"
            .formatted(
                settings.apiUrl(), response.statusCode(), ResultFormat.printable(detail), hint));
  }

  /** A parameter of a query; null: it is left out. */
  static String parameter(String name, Object value) {
    return value == null ? "" : name + "=" + encode(value.toString()) + "&";
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    client.close();
  }
}

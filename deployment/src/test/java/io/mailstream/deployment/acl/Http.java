package io.mailstream.deployment.acl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks the services. */
final class Http {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private Http() {}

  /** The status of a service's readiness. */
  static int status(String url) throws InterruptedException {
    return ask(url + "/readyz").statusCode();
  }

  /** What stands at a URL. */
  static String get(String url) {
    try {
      return ask(url).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The status of the answer to a body. */
  static int post(String url, String body) throws InterruptedException {
    return send(request(url).POST(HttpRequest.BodyPublishers.ofString(body)).build()).statusCode();
  }

  /** The status of the answer to a PUT without a body. */
  static int put(String url) throws InterruptedException {
    return send(request(url).PUT(HttpRequest.BodyPublishers.noBody()).build()).statusCode();
  }

  private static HttpResponse<String> ask(String url) throws InterruptedException {
    return send(request(url).build());
  }

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10));
  }

  private static HttpResponse<String> send(HttpRequest request) throws InterruptedException {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.mailstream.dns.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Fetches by the JDK's client, as RFC 8461, 3.3 asks: no redirects, a certificate that is valid for
 * the host, a bounded time and a bounded body.
 */
public final class HttpsPolicyFetcher implements PolicyFetcher {

  /** What a policy may be long (RFC 8461, 3.3). */
  static final int MAX_BYTES = 64 * 1024;

  private final Duration timeout;

  /** A fetcher; {@code timeout} is for the whole of a fetch but its body. */
  public HttpsPolicyFetcher(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public Result fetch(URI uri) {
    try (HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build()) {
      HttpResponse<InputStream> response =
          client.send(
              HttpRequest.newBuilder(uri).timeout(timeout).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try {
        return read(response);
      } finally {
        client.shutdownNow();
      }
    } catch (IOException e) {
      return new Result.Failed(
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result.Failed("interrupted");
    }
  }

  private static Result read(HttpResponse<InputStream> response) throws IOException {
    try (InputStream body = response.body()) {
      int status = response.statusCode();
      if (status != 200) {
        return new Result.Failed(
            "the server answered %d%s"
                .formatted(status, status / 100 == 3 ? "; redirects are not followed" : ""));
      }
      byte[] bytes = body.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        return new Result.Failed("it is longer than 64 KiB");
      }
      return new Result.File(
          response.headers().firstValue("content-type").orElse(""),
          new String(bytes, StandardCharsets.UTF_8));
    }
  }
}

package io.mailstream.dns.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mailstream.dns.doctor.PolicyFetcher.Result;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** By plain HTTP on 127.0.0.1: what is asked of TLS is the JDK's. */
class HttpsPolicyFetcherTest {

  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/policy", 200, "version: STSv1\n");
    answer("/missing", 404, "version: STSv1\n");
    answer("/moved", 301, "version: STSv1\n");
    answer("/large", 200, "x".repeat(HttpsPolicyFetcher.MAX_BYTES + 1));
    server.start();
  }

  private void answer(String path, int status, String body) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/plain");
          exchange.getResponseHeaders().add("Location", "/policy");
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Result fetch(String path) {
    return new HttpsPolicyFetcher(Duration.ofSeconds(5))
        .fetch(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
  }

  @Test
  void aPolicyIsRead() {
    assertThat(fetch("/policy")).isEqualTo(new Result.File("text/plain", "version: STSv1\n"));
  }

  @Test
  void whatIsNotThereOrElsewhereOrTooLongIsRefused() {
    assertThat(fetch("/missing")).isEqualTo(new Result.Failed("the server answered 404"));
    assertThat(fetch("/moved"))
        .isEqualTo(new Result.Failed("the server answered 301; redirects are not followed"));
    assertThat(fetch("/large")).isEqualTo(new Result.Failed("it is longer than 64 KiB"));
  }

  @Test
  void aServerThatIsNotThereIsSaid() {
    server.stop(0);

    assertThat(fetch("/policy")).isInstanceOf(Result.Failed.class);
  }
}

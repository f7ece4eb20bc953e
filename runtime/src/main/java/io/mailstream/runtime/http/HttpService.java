package io.mailstream.runtime.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.metrics.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's HTTP server: its own routes, and {@code /livez}, {@code /readyz} and {@code /metrics}
 * beside them, which need no token. Each request has its own virtual thread. Bodies are bounded,
 * and so is what gzip makes of them; errors are {@link Problem}s.
 */
public final class HttpService implements AutoCloseable {

  /** The largest body of a request, in bytes, unless told otherwise. */
  public static final long DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(HttpService.class);
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int MAX_CONNECTIONS = 4096;

  private final WebServer server;
  private final String host;

  private HttpService(WebServer server, String host) {
    this.server = server;
    this.host = host;
  }

  /** Starts a server with {@link #DEFAULT_MAX_BODY_BYTES}. */
  public static HttpService start(
      String name,
      String host,
      int port,
      Health health,
      Metrics metrics,
      Consumer<HttpRouting.Builder> routes) {
    return start(name, host, port, DEFAULT_MAX_BODY_BYTES, health, metrics, routes);
  }

  /**
   * Starts a server.
   *
   * @param name what it is, for messages
   * @param host the address to listen on; 127.0.0.1 unless the user configured another
   * @param port the port; 0: any free one
   * @param maxBodyBytes the largest body of a request, as it comes and when it is unpacked; a
   *     larger one is answered with 413
   * @param routes adds the service's own routes
   * @throws PortInUseException if something else listens there
   * @throws IllegalArgumentException if the host is no address of this machine
   */
  public static HttpService start(
      String name,
      String host,
      int port,
      long maxBodyBytes,
      Health health,
      Metrics metrics,
      Consumer<HttpRouting.Builder> routes) {
    HttpRouting.Builder routing =
        HttpRouting.builder()
            .error(HttpException.class, (request, response, e) -> problem(e).send(response))
            .error(
                Exception.class,
                (request, response, e) -> {
                  log.error("a request to {} failed", request.path().path(), e);
                  Problem.of(500, "the fault is ours; the service's log has the details")
                      .send(response);
                })
            .get("/livez", (request, response) -> HealthJson.send(health.checkLiveness(), response))
            .get(
                "/readyz",
                (request, response) -> HealthJson.send(health.checkReadiness(), response))
            .get(
                "/metrics",
                (request, response) ->
                    response
                        .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4")
                        .send(metrics.scrape()));
    routes.accept(routing);
    probe(name, host, port);
    WebServer server =
        WebServer.builder()
            .host(host)
            .port(port)
            .addRouting(routing)
            .maxPayloadSize(maxBodyBytes)
            .contentEncoding(
                ContentEncodingContext.builder()
                    .contentEncodingsDiscoverServices(false)
                    .addContentEncoding(new BoundedGzip(maxBodyBytes))
                    .build())
            .maxTcpConnections(MAX_CONNECTIONS)
            .idleConnectionTimeout(IDLE_TIMEOUT)
            .shutdownGracePeriod(GRACE)
            .shutdownHook(false)
            .directHandlers(directHandlers())
            .build()
            .start();
    if (!server.isRunning()) {
      throw new IllegalStateException(
          "%s could not be started on %s:%d; the log has the reason".formatted(name, host, port));
    }
    log.info("{} listens on {}:{}", name, host, server.port());
    return new HttpService(server, host);
  }

  /** The server does not throw when it cannot bind: it logs, and comes back without a port. */
  private static void probe(String name, String host, int port) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "http.host = '%s' is not known: give an address of this machine".formatted(host));
    }
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(new InetSocketAddress(address.getAddress(), 0));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot listen on http.host = '%s' (%s): give an address of this machine"
              .formatted(host, e.getMessage()),
          e);
    }
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(address);
    } catch (BindException e) {
      throw new PortInUseException(name, host, port, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on %s:%d".formatted(host, port), e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** Its URL without a path, such as {@code http://127.0.0.1:8080}. */
  public String url() {
    String inUrl = host.contains(":") ? "[" + host + "]" : host;
    return "http://" + inUrl + ":" + port();
  }

  /** Lets requests in flight end, for up to two seconds, and stops. */
  @Override
  public void close() {
    server.stop();
  }

  private static Problem problem(HttpException e) {
    int status = e.status().code();
    return Problem.of(status, status < 500 ? e.getMessage() : e.status().reasonPhrase());
  }

  /** Answers to what does not even become a request: our form, and nothing of the input in it. */
  private static DirectHandlers directHandlers() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    DirectHandler handler =
        (request, type, status, headers, message) -> {
          Status answer = status == null ? type.defaultStatus() : status;
          return DirectHandler.TransportResponse.builder()
              .status(answer)
              .headers(headers)
              .header(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
              .keepAlive(type.keepAlive())
              .entity(Problem.of(answer.code(), "the request cannot be taken").json())
              .build();
        };
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, handler);
    }
    return handlers.build();
  }
}

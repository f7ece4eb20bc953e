package io.mailstream.embedded.registry;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The HTTP side of the registry. */
public final class RegistryServer implements AutoCloseable {

  private static final long MAX_BODY_BYTES = 2L * 1024 * 1024;

  private final String host;
  private final int port;
  private final WebServer server;
  private volatile boolean suspended;

  private RegistryServer(String host, int port, Optional<Path> file) {
    this.host = host;
    this.port = port;
    RegistryRoutes routes = new RegistryRoutes(SchemaStore.open(file));
    server =
        WebServer.builder()
            .host(host)
            .port(port)
            .maxPayloadSize(MAX_BODY_BYTES)
            .shutdownHook(false)
            .shutdownGracePeriod(Duration.ofMillis(200))
            .routing(routing -> route(routing, routes))
            .build();
  }

  /** Starts it on a port that is known to be free. */
  public static RegistryServer start(String host, int port, Optional<Path> file) {
    RegistryServer registry = new RegistryServer(host, port, file);
    registry.server.start();
    return registry;
  }

  private void route(HttpRouting.Builder routing, RegistryRoutes routes) {
    routing
        .addFilter((chain, request, response) -> {
          if (suspended) {
            throw RegistryFault.unavailable();
          }
          chain.proceed();
        })
        .error(
            RegistryFault.class,
            (request, response, fault) -> RegistryRoutes.sendFault(response, fault))
        .register("/", routes)
        .any((request, response) -> RegistryRoutes.sendFault(response, RegistryFault.notFound()));
  }

  /** The base URL. */
  public String url() {
    return "http://%s:%d".formatted(host, port);
  }

  /** The port. */
  public int port() {
    return port;
  }

  /** Whether every request is answered with 503. */
  public void setSuspended(boolean suspended) {
    this.suspended = suspended;
  }

  @Override
  public void close() {
    server.stop();
  }
}

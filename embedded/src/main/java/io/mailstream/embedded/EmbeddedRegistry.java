package io.mailstream.embedded;

import io.mailstream.embedded.registry.RegistryServer;
import io.mailstream.runtime.http.PortInUseException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A schema registry in this JVM that speaks the part of Confluent's REST API that serializers,
 * deserializers and people at a shell use: subjects, versions, ids, look-ups, compatibility
 * (checked by Avro), settings and modes. Avro only, no references.
 *
 * <p>Given a file, ids and versions survive a restart.
 */
public final class EmbeddedRegistry implements AutoCloseable {

  private final RegistryServer server;

  private EmbeddedRegistry(RegistryServer server) {
    this.server = server;
  }

  /**
   * Starts a registry and returns when it answers.
   *
   * @param host an address of this machine, such as 127.0.0.1
   * @param port the port; 0 takes a free one
   * @param file where schemas and settings are kept; empty for memory only
   * @throws PortInUseException if something listens on the port
   */
  public static EmbeddedRegistry start(String host, int port, Optional<Path> file) {
    if (port != 0) {
      Ports.requireFree("embedded schema registry", port);
    }
    return new EmbeddedRegistry(RegistryServer.start(host, port == 0 ? Ports.free() : port, file));
  }

  /** The registry that all tests of this JVM share; started on first use. */
  public static EmbeddedRegistry shared() {
    return Shared.REGISTRY;
  }

  /** The base URL, such as {@code http://127.0.0.1:8081}. */
  public String url() {
    return server.url();
  }

  /** The port. */
  public int port() {
    return server.port();
  }

  /** From now on every request is answered with 503, as by a registry that is overloaded. */
  public void suspend() {
    server.setSuspended(true);
  }

  /** Ends {@link #suspend}. */
  public void resume() {
    server.setSuspended(false);
  }

  /** Stops listening: from now on connections are refused. */
  @Override
  public void close() {
    server.close();
  }

  private static final class Shared {
    static final EmbeddedRegistry REGISTRY = start();

    private static EmbeddedRegistry start() {
      EmbeddedRegistry registry = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty());
      Runtime.getRuntime().addShutdownHook(new Thread(registry::close, "embedded-registry-exit"));
      return registry;
    }
  }
}

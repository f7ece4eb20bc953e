package io.mailstream.embedded.http;

import io.mailstream.runtime.http.PortInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP/1.1 server on the loopback interface for servers that must misbehave as real ones
 * do: a connection can be reset before a body was read, or after, which no ordinary server offers.
 * One virtual thread a connection; heads and bodies are bounded.
 */
public final class RawHttpServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RawHttpServer.class);
  private static final int IDLE_MILLIS = 120_000;
  private static final int BACKLOG = 1024;

  private static final long ACCEPTOR_BOUND_MS = 2_000;

  private final String name;
  private final ServerSocket listener;
  private final int maxBody;
  private final Handler handler;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;

  /** Answers, or resets, one exchange. */
  @FunctionalInterface
  public interface Handler {

    /** Called on the connection's virtual thread; may block. */
    void handle(RawExchange exchange) throws IOException;
  }

  private RawHttpServer(String name, ServerSocket listener, int maxBody, Handler handler) {
    this.name = name;
    this.listener = listener;
    this.maxBody = maxBody;
    this.handler = handler;
    this.acceptor = Thread.ofPlatform().daemon().name(name + "-accept").unstarted(this::accept);
  }

  /**
   * Starts a server.
   *
   * @param name what it is, for messages
   * @param port the port on 127.0.0.1
   * @param maxBody the largest body in bytes that {@link RawExchange#body} reads
   * @throws PortInUseException if something listens on the port
   */
  public static RawHttpServer start(String name, int port, int maxBody, Handler handler) {
    ServerSocket listener = bind(name, port);
    RawHttpServer server = new RawHttpServer(name, listener, maxBody, handler);
    server.acceptor.start();
    return server;
  }

  private static ServerSocket bind(String name, int port) {
    try {
      ServerSocket listener = new ServerSocket();
      try {
        InetAddress loopback = InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        listener.bind(new InetSocketAddress(loopback, port), BACKLOG);
        return listener;
      } catch (IOException e) {
        listener.close();
        throw new PortInUseException(name, "127.0.0.1", port, e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a socket for " + name, e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Stops listening and cuts all connections. */
  @Override
  public void close() {
    try {
      listener.close();
      for (Socket connection : connections) {
        connection.close();
      }
      // The port is free only when the thread that accepts has let go of it.
      acceptor.join(ACCEPTOR_BOUND_MS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.add(socket);
        Thread.ofVirtual().name(name).start(() -> serve(socket));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          log.warn("{} could not accept a connection: {}", name, e.getMessage());
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(IDLE_MILLIS);
      ConnectionInput in = new ConnectionInput(socket.getInputStream());
      boolean again = true;
      while (again && !listener.isClosed()) {
        again = serveOne(socket, in);
      }
    } catch (IOException e) {
      log.debug("{}: a connection ended: {}", name, e.getMessage());
    } finally {
      connections.remove(socket);
    }
  }

  private boolean serveOne(Socket socket, ConnectionInput in) throws IOException {
    byte[] head = in.head();
    if (head == null) {
      return false;
    }
    Optional<RawRequest> request = RawRequest.parse(head);
    if (request.isEmpty()) {
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return false;
    }
    RawExchange exchange = new RawExchange(socket, in, request.get(), maxBody);
    try {
      handler.handle(exchange);
    } catch (RuntimeException e) {
      log.error("{}: a request to {} failed", name, exchange.request().path(), e);
      exchange.answer(500, Map.of(), new byte[0]);
    }
    return exchange.keepsAlive();
  }
}

package io.mailstream.sender.provider;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/**
 * An HTTP/1.1 server on a bare socket, which can fail at every point of an exchange and counts what
 * it was asked. Each request takes the next reaction of the script; after the last, the last again.
 */
public final class ScriptedHttpServer implements AutoCloseable {

  /** What the server does with a request. */
  public sealed interface Reaction {

    /** Reads the whole request and answers. */
    record Answer(int status, Map<String, String> headers, String body) implements Reaction {}

    /** Reads the whole request, writes these bytes, whatever they are, and closes. */
    record Bytes(String bytes) implements Reaction {}

    /** Reads the header and a little of the body, then resets the connection. */
    record ResetInRequest() implements Reaction {}

    /** Reads the whole request, then resets the connection. */
    record ResetAfterRequest() implements Reaction {}

    /** Reads the whole request, then closes the connection in order. */
    record CloseAfterRequest() implements Reaction {}

    /** Answers, and closes the connection a moment later without having said so. */
    record AnswerAndClose(Answer answer) implements Reaction {}

    /** Reads the whole request and never answers. */
    record Silence() implements Reaction {}

    /** Reads the header and a little of the body, then nothing more. */
    record SilenceInRequest() implements Reaction {}

    /** Reads the whole request, and answers byte by byte without an end. */
    record Drip() implements Reaction {}
  }

  /** A request that was received as a whole. */
  public record Request(String line, Map<String, String> headers, String body) {}

  private final ServerSocket socket;
  private final String scheme;
  private final Queue<Reaction> script = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  private ScriptedHttpServer(ServerSocketFactory factory, String scheme, List<Reaction> script)
      throws IOException {
    this.script.addAll(script);
    this.scheme = scheme;
    this.socket = factory.createServerSocket();
    // What is large must not fit into a buffer.
    this.socket.setReceiveBufferSize(64 * 1024);
    this.socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    Thread.ofVirtual().name("scripted-http").start(this::accept);
  }

  public static ScriptedHttpServer plain(Reaction... script) throws IOException {
    return new ScriptedHttpServer(ServerSocketFactory.getDefault(), "http", List.of(script));
  }

  /** A server behind a plain or TLS socket that claims to be https. */
  public static ScriptedHttpServer https(ServerSocketFactory factory, Reaction... script)
      throws IOException {
    return new ScriptedHttpServer(factory, "https", List.of(script));
  }

  public URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + socket.getLocalPort());
  }

  /** Connections that were opened. */
  public int connections() {
    return connections.get();
  }

  /** Connections that are open at this end. */
  public int open() {
    return open.size();
  }

  /** Requests of which at least the header arrived. */
  public int begun() {
    return begun.get();
  }

  /** Requests that arrived as a whole, of any path. */
  public List<Request> requests() {
    return requests;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.incrementAndGet();
        open.add(connection);
        Thread.ofVirtual().name("scripted-http-connection").start(() -> serve(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream());
      boolean more = true;
      while (more) {
        more = exchange(connection, in);
      }
    } catch (IOException e) {
      // the client went away, or the server is closed: both are part of the tests
    } finally {
      open.remove(connection);
    }
  }

  private boolean exchange(Socket connection, InputStream in) throws IOException {
    String line = line(in);
    if (line.isEmpty()) {
      return false;
    }
    Map<String, String> headers = new TreeMap<>();
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      int colon = field.indexOf(':');
      if (colon < 0) {
        return false; // no HTTP, such as a TLS handshake
      }
      headers.put(
          field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).strip());
    }
    begun.incrementAndGet();
    Reaction reaction = script.size() > 1 ? script.remove() : script.element();
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    if (reaction instanceof Reaction.ResetInRequest) {
      in.readNBytes(Math.min(length, 100));
      reset(connection);
      return false;
    }
    if (reaction instanceof Reaction.SilenceInRequest) {
      in.readNBytes(Math.min(length, 100));
      await(Duration.ofHours(1));
      return false;
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      return false;
    }
    requests.add(new Request(line, headers, new String(body, StandardCharsets.UTF_8)));
    return react(connection, reaction);
  }

  private boolean react(Socket connection, Reaction reaction) throws IOException {
    OutputStream out = connection.getOutputStream();
    switch (reaction) {
      case Reaction.Answer answer -> {
        out.write(bytes(answer));
        return true;
      }
      case Reaction.AnswerAndClose(Reaction.Answer answer) -> out.write(bytes(answer));
      case Reaction.Bytes(String bytes) -> out.write(bytes.getBytes(StandardCharsets.UTF_8));
      case Reaction.ResetAfterRequest _, Reaction.ResetInRequest _ -> reset(connection);
      case Reaction.CloseAfterRequest _ -> {}
      case Reaction.Silence _, Reaction.SilenceInRequest _ -> await(Duration.ofHours(1));
      case Reaction.Drip _ -> {
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(US_ASCII));
        while (!await(Duration.ofMillis(20))) {
          out.write('x');
        }
      }
    }
    return false;
  }

  /** Whether the server is closed by then. */
  private boolean await(Duration most) {
    try {
      return closed.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static byte[] bytes(Reaction.Answer answer) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " Scripted\r\n");
    answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    head.append("Content-Length: " + body.length + "\r\n\r\n");
    return (head + answer.body()).getBytes(StandardCharsets.UTF_8);
  }

  /** Closing with a linger of zero sends RST in place of FIN. */
  private static void reset(Socket connection) throws IOException {
    connection.setSoLinger(true, 0);
    connection.close();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    closed.countDown();
    for (Socket connection : open) {
      connection.close();
    }
  }
}

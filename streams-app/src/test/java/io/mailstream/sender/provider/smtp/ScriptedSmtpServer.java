package io.mailstream.sender.provider.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * An SMTP server on a bare socket, which answers as it is told to and can fail at every point of a
 * dialogue. What it is not told about it takes.
 */
final class ScriptedSmtpServer implements AutoCloseable {

  /** What the server does in place of taking a message. */
  enum Fault {
    NONE,
    /** Reads a little of the message, then resets the connection. */
    RESET_IN_MESSAGE,
    /** Reads the whole message, then resets the connection. */
    RESET_AFTER_MESSAGE,
    /** Reads the whole message, then closes the connection in order. */
    CLOSE_AFTER_MESSAGE,
    /** Reads the whole message and never answers. */
    SILENCE,
    /** Takes the message, and closes the connection without having said so. */
    TAKE_AND_CLOSE
  }

  /** A message that was received as a whole. */
  record Received(List<String> envelope, String content) {}

  private final ServerSocket socket;
  private final List<String> extensions;
  private final Map<String, String> replies;
  private final Fault fault;
  private volatile Optional<SSLContext> upgrade = Optional.empty();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();
  private final List<Received> messages = new CopyOnWriteArrayList<>();
  private final List<String> commands = new CopyOnWriteArrayList<>();

  /**
   * A server.
   *
   * @param extensions what EHLO offers
   * @param replies replies by the first word of the command; CONNECT is the greeting, "." the end
   *     of a message
   */
  ScriptedSmtpServer(
      ServerSocketFactory sockets,
      List<String> extensions,
      Map<String, String> replies,
      Fault fault)
      throws IOException {
    this.extensions = extensions;
    this.replies = replies;
    this.fault = fault;
    this.socket = sockets.createServerSocket();
    // What is large must not fit into a buffer.
    this.socket.setReceiveBufferSize(64 * 1024);
    this.socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    Thread.ofVirtual().name("scripted-smtp").start(this::accept);
  }

  /** Lets STARTTLS upgrade connections. */
  ScriptedSmtpServer upgradingTo(SSLContext tls) {
    upgrade = Optional.of(tls);
    return this;
  }

  static ScriptedSmtpServer of(Map<String, String> replies, Fault fault) throws IOException {
    return new ScriptedSmtpServer(
        ServerSocketFactory.getDefault(),
        List.of("PIPELINING", "SIZE 100000000", "ENHANCEDSTATUSCODES", "8BITMIME", "AUTH PLAIN"),
        replies,
        fault);
  }

  int port() {
    return socket.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  /** Messages of which the content was begun. */
  int begun() {
    return begun.get();
  }

  List<Received> messages() {
    return messages;
  }

  /** Commands in the order in which they came. */
  List<String> commands() {
    return commands;
  }

  /** Connections that are open at this end. */
  int open() {
    return open.size();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.incrementAndGet();
        open.add(connection);
        Thread.ofVirtual().name("scripted-smtp-connection").start(() -> serve(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream());
      if (say(connection, replies.getOrDefault("CONNECT", "220 scripted ESMTP"))) {
        dialogue(connection, in);
      }
    } catch (IOException e) {
      // the client went away, or the server is closed: both are part of the tests
    } finally {
      open.remove(connection);
    }
  }

  private void dialogue(Socket connection, InputStream in) throws IOException {
    List<String> envelope = new CopyOnWriteArrayList<>();
    for (String line = line(in); line != null; line = line(in)) {
      String verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
      commands.add(line);
      if (verb.equals("MAIL") || verb.equals("RCPT")) {
        envelope.add(line);
      }
      boolean more =
          switch (verb) {
            case "EHLO" -> say(connection, ehlo());
            case "STARTTLS" -> {
              say(connection, "220 2.0.0 go on in secret");
              dialogueInTls(connection);
              yield false;
            }
            case "AUTH" -> say(connection, replies.getOrDefault(verb, "235 2.7.0 welcome"));
            case "DATA" -> {
              String reply = replies.getOrDefault(verb, "354 go on");
              yield say(connection, reply)
                  && (!reply.startsWith("354") || message(connection, in, List.copyOf(envelope)));
            }
            case "QUIT" -> {
              say(connection, "221 2.0.0 bye");
              yield false;
            }
            default -> say(connection, replies.getOrDefault(verb, "250 2.0.0 fine"));
          };
      if (!more) {
        return;
      }
      if (verb.equals("RSET") || verb.equals("DATA")) {
        envelope.clear();
      }
    }
  }

  private void dialogueInTls(Socket connection) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            upgrade.orElseThrow().getSocketFactory().createSocket(connection, null, 0, true);
    tls.setUseClientMode(false);
    tls.startHandshake();
    dialogue(tls, new BufferedInputStream(tls.getInputStream()));
  }

  private String ehlo() {
    StringBuilder reply = new StringBuilder("250-scripted\r\n");
    for (String extension : extensions) {
      reply.append("250-").append(extension).append("\r\n");
    }
    return reply.append("250 HELP").toString();
  }

  private boolean message(Socket connection, InputStream in, List<String> envelope)
      throws IOException {
    begun.incrementAndGet();
    if (fault == Fault.RESET_IN_MESSAGE) {
      in.readNBytes(100);
      reset(connection);
      return false;
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (String line = line(in); !".".equals(line); line = line(in)) {
      if (line == null) {
        return false;
      }
      content.writeBytes((line.startsWith(".") ? line.substring(1) : line).getBytes(ISO_8859_1));
      content.writeBytes("\r\n".getBytes(ISO_8859_1));
    }
    messages.add(new Received(envelope, content.toString(UTF_8)));
    return switch (fault) {
      case RESET_IN_MESSAGE, RESET_AFTER_MESSAGE -> {
        reset(connection);
        yield false;
      }
      case CLOSE_AFTER_MESSAGE -> false;
      case SILENCE -> {
        awaitClose();
        yield false;
      }
      case TAKE_AND_CLOSE -> {
        say(connection, replies.getOrDefault(".", "250 2.0.0 Ok: queued as id-1"));
        yield false;
      }
      case NONE -> say(connection, replies.getOrDefault(".", "250 2.0.0 Ok: queued as id-1"));
    };
  }

  private void awaitClose() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the dialogue goes on: not after 421. */
  private static boolean say(Socket connection, String reply) throws IOException {
    connection.getOutputStream().write((reply + "\r\n").getBytes(ISO_8859_1));
    return !reply.startsWith("421");
  }

  /** Closing with a linger of zero sends RST in place of FIN. */
  private static void reset(Socket connection) throws IOException {
    connection.setSoLinger(true, 0);
    connection.close();
  }

  /** A line, byte for byte; null at the end. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
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

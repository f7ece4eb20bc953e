package io.mailstream.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes ready requests over connections that are kept, one after the other on each, and looks at
 * every status. It reads no more of an answer than where it ends: on a small machine an ordinary
 * client would cost as much as the server.
 */
final class HttpLoad implements AutoCloseable {

  private static final int MAX_ANSWER = 16 * 1024 * 1024;

  private final List<Connection> connections = new ArrayList<>();

  /** Connects. */
  static HttpLoad connect(int port, int connections) throws IOException {
    HttpLoad load = new HttpLoad();
    for (int i = 0; i < connections; i++) {
      load.connections.add(new Connection(port));
    }
    return load;
  }

  /** A whole request. */
  static byte[] request(String method, String path, String headers, byte[] body) {
    byte[] head =
        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(method, path, headers, body.length)
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] whole = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  /**
   * Makes them all.
   *
   * @throws IOException if one is not answered with 2xx
   */
  void run(List<byte[]> requests) throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<IOException> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (Connection connection : connections) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  int at = next.getAndIncrement();
                  while (at < requests.size() && failure.get() == null) {
                    connection.exchange(requests.get(at));
                    at = next.getAndIncrement();
                  }
                } catch (IOException e) {
                  failure.compareAndSet(null, e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  /** Makes one, and returns the body of the answer. */
  byte[] once(byte[] request) throws IOException {
    return connections.getFirst().exchange(request).clone();
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.socket.close();
    }
  }

  private static final class Connection {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private byte[] buffer = new byte[64 * 1024];
    private int filled;

    Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      in = socket.getInputStream();
      out = socket.getOutputStream();
    }

    byte[] exchange(byte[] request) throws IOException {
      out.write(request);
      filled = 0;
      int headEnd = -1;
      while (headEnd < 0) {
        fill();
        headEnd = endOfHead();
      }
      String head = new String(buffer, 0, headEnd, StandardCharsets.ISO_8859_1);
      int end = headEnd + length(head);
      while (filled < end) {
        fill();
      }
      if (head.charAt("HTTP/1.1 ".length()) != '2') {
        throw new IOException(
            "not taken: " + new String(buffer, 0, end, StandardCharsets.UTF_8).strip());
      }
      return Arrays.copyOfRange(buffer, headEnd, end);
    }

    private void fill() throws IOException {
      if (filled == buffer.length) {
        if (filled >= MAX_ANSWER) {
          throw new IOException("an answer of more than %d bytes".formatted(MAX_ANSWER));
        }
        buffer = Arrays.copyOf(buffer, 2 * filled);
      }
      int read = in.read(buffer, filled, buffer.length - filled);
      if (read < 0) {
        throw new IOException("the connection was closed");
      }
      filled += read;
    }

    private int endOfHead() {
      for (int i = 3; i < filled; i++) {
        if (buffer[i] == '\n' && buffer[i - 2] == '\n') {
          return i + 1;
        }
      }
      return -1;
    }

    private static int length(String head) throws IOException {
      String lower = head.toLowerCase(Locale.ROOT);
      String name = "\r\ncontent-length:";
      int at = lower.indexOf(name);
      if (at >= 0) {
        int start = at + name.length();
        return Integer.parseInt(lower.substring(start, lower.indexOf('\r', start)).strip());
      }
      if (lower.startsWith("http/1.1 204")) {
        return 0;
      }
      throw new IOException("an answer without a length: " + head.strip());
    }
  }
}

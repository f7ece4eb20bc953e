package io.mailstream.embedded.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * One request on a connection and its answer. Unlike with an ordinary server, the body is read only
 * when asked for, and the connection can be reset instead of answered.
 */
public final class RawExchange {

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final ConnectionInput in;
  private final RawRequest request;
  private final int maxBody;
  private boolean bodyRead;
  private boolean unanswered;

  RawExchange(Socket socket, ConnectionInput in, RawRequest request, int maxBody) {
    this.socket = socket;
    this.in = in;
    this.request = request;
    this.maxBody = maxBody;
    this.bodyRead = !isChunked() && declaredLength() == 0;
  }

  /** The head of the request. */
  public RawRequest request() {
    return request;
  }

  /**
   * Reads the body; at most once.
   *
   * @return the body, or empty if it is larger than the server's bound, which is then not read
   */
  public Optional<byte[]> body() throws IOException {
    if (bodyRead) {
      return Optional.of(new byte[0]);
    }
    if (!isChunked() && declaredLength() > maxBody) {
      return Optional.empty();
    }
    if (request.hasHeader("Expect", "100-continue")) {
      socket.getOutputStream().write(CONTINUE);
    }
    Optional<byte[]> body =
        isChunked() ? chunked() : Optional.of(in.exactly((int) declaredLength()));
    bodyRead = body.isPresent();
    return body;
  }

  /** Answers with these fields besides Content-Length. */
  public void answer(int status, Map<String, String> fields, byte[] body) throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    fields.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (!keepsAlive()) {
      head.append("Connection: close\r\n");
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    byte[] bytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(bytes, bytes.length + body.length);
    System.arraycopy(body, 0, all, bytes.length, body.length);
    socket.getOutputStream().write(all);
  }

  /** Cuts the connection with a TCP reset, unanswered. */
  public void reset() throws IOException {
    unanswered = true;
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Never answers; returns when the caller has given up, or the connection's idle time is over. */
  public void leaveUnanswered() throws IOException {
    unanswered = true;
    while (socket.getInputStream().read() >= 0) {
      // whatever comes is not listened to
    }
  }

  /** What is left unread would be taken for the next request. */
  boolean keepsAlive() {
    return !unanswered && bodyRead && !request.hasHeader("Connection", "close");
  }

  private boolean isChunked() {
    return request.hasHeader("Transfer-Encoding", "chunked");
  }

  private long declaredLength() {
    try {
      return request.header("Content-Length").map(Long::parseLong).filter(n -> n >= 0).orElse(0L);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private Optional<byte[]> chunked() throws IOException {
    byte[] body = new byte[0];
    while (true) {
      int size = chunkSize(in.line());
      if (size > maxBody - body.length) {
        return Optional.empty();
      }
      if (size == 0) {
        skipTrailers();
        return Optional.of(body);
      }
      byte[] chunk = in.exactly(size);
      body = Arrays.copyOf(body, body.length + size);
      System.arraycopy(chunk, 0, body, body.length - size, size);
      in.line();
    }
  }

  private void skipTrailers() throws IOException {
    String line = in.line();
    while (!line.isEmpty()) {
      line = in.line();
    }
  }

  private static int chunkSize(String line) throws IOException {
    try {
      int semicolon = line.indexOf(';');
      int size = Integer.parseInt(semicolon < 0 ? line : line.substring(0, semicolon), 16);
      if (size >= 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      throw new IOException("not a chunk size", e);
    }
    throw new IOException("not a chunk size");
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 413 -> "Content Too Large";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      default -> "Status";
    };
  }
}

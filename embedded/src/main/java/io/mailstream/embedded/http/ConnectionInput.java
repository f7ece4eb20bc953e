package io.mailstream.embedded.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** What arrives on a connection, buffered so that a head is found without a call a byte. */
final class ConnectionInput {

  private static final int MAX_HEAD_BYTES = 32 * 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[MAX_HEAD_BYTES];
  private int position;
  private int limit;

  ConnectionInput(InputStream in) {
    this.in = in;
  }

  /**
   * Reads the head of the next request.
   *
   * @return the head without its closing empty line, or null where the connection ended before it
   * @throws IOException if the head is larger than 32 KiB
   */
  byte[] head() throws IOException {
    compact();
    int searched = 0;
    while (true) {
      int end = endOfHead(searched);
      if (end >= 0) {
        byte[] head = new byte[end];
        System.arraycopy(buffer, 0, head, 0, end);
        position = end + 4;
        return head;
      }
      searched = Math.max(0, limit - 3);
      if (limit == buffer.length) {
        throw new IOException("the head of a request is larger than " + MAX_HEAD_BYTES + " bytes");
      }
      int read = in.read(buffer, limit, buffer.length - limit);
      if (read < 0) {
        return null;
      }
      limit += read;
    }
  }

  byte[] exactly(int length) throws IOException {
    byte[] bytes = new byte[length];
    int buffered = Math.min(length, limit - position);
    System.arraycopy(buffer, position, bytes, 0, buffered);
    position += buffered;
    if (in.readNBytes(bytes, buffered, length - buffered) < length - buffered) {
      throw new EOFException("the connection ended within a body");
    }
    return bytes;
  }

  /** A line of a chunked body, without its end. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < MAX_HEAD_BYTES) {
      byte b = exactly(1)[0];
      if (b == '\n') {
        return line.toString().strip();
      }
      line.append((char) b);
    }
    throw new IOException("a line of a chunked body is too long");
  }

  private void compact() {
    System.arraycopy(buffer, position, buffer, 0, limit - position);
    limit -= position;
    position = 0;
  }

  private int endOfHead(int from) {
    for (int i = from; i + 3 < limit; i++) {
      if (buffer[i] == '\r'
          && buffer[i + 1] == '\n'
          && buffer[i + 2] == '\r'
          && buffer[i + 3] == '\n') {
        return i;
      }
    }
    return -1;
  }
}

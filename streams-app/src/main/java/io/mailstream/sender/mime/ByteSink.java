package io.mailstream.sender.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes, without the locks of the JDK's stream. */
final class ByteSink {

  private byte[] bytes;
  private int length;

  ByteSink(int capacity) {
    bytes = new byte[capacity];
  }

  void write(int b) {
    reserve(1);
    bytes[length++] = (byte) b;
  }

  void write(byte[] source) {
    write(source, 0, source.length);
  }

  void write(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  /** Appends text that is known to be ASCII. */
  @SuppressWarnings("deprecation") // the one method that copies ASCII without an intermediate array
  void ascii(String text) {
    int n = text.length();
    reserve(n);
    text.getBytes(0, n, bytes, length);
    length += n;
  }

  /** Appends text of any characters. */
  void utf8(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  void crlf() {
    reserve(2);
    bytes[length++] = '\r';
    bytes[length++] = '\n';
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
    }
  }
}

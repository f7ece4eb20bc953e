package io.mailstream.streams.throttle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Names inside the keys of ordered stores, written so that what follows cannot be taken for a part
 * of them: UTF-8, every zero byte followed by 0xFF, closed by two zero bytes. They keep their
 * order.
 */
public final class NameBytes {

  private static final int ESCAPED = 0xFF;

  private NameBytes() {}

  /** Writes a name. */
  public static void write(ByteArrayOutputStream out, String name) {
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      out.write(b);
      if (b == 0) {
        out.write(ESCAPED);
      }
    }
    out.write(0);
    out.write(0);
  }

  /**
   * Reads as many names as there is room for.
   *
   * @return the position after the last of them
   * @throws IllegalArgumentException if the bytes end first
   */
  public static int read(byte[] bytes, int start, String[] names) {
    int at = start;
    for (int i = 0; i < names.length; i++) {
      ByteArrayOutputStream name = new ByteArrayOutputStream();
      while (true) {
        if (at + 1 >= bytes.length) {
          throw new IllegalArgumentException(
              "a key of %d bytes ends inside name %d".formatted(bytes.length, i + 1));
        }
        boolean zero = bytes[at] == 0;
        if (zero && bytes[at + 1] == 0) {
          break;
        }
        name.write(bytes[at]);
        at += zero ? 2 : 1;
      }
      names[i] = name.toString(StandardCharsets.UTF_8);
      at += 2;
    }
    return at;
  }
}

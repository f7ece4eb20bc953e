package io.mailstream.webhook.form;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A body of {@code application/x-www-form-urlencoded}. Names and values stay bytes: what is signed
 * are the bytes, and two different ones must not become one by decoding.
 */
public final class Form {

  private static final int MAX_PARAMETERS = 100;

  private final TreeMap<String, byte[]> parameters = new TreeMap<>(Comparator.naturalOrder());

  private Form() {}

  /** Reads a form; empty: it is none, has a name twice or too many. */
  public static Optional<Form> parse(byte[] body) {
    Form form = new Form();
    int start = 0;
    while (start < body.length) {
      int end = indexOf(body, '&', start, body.length);
      int equals = indexOf(body, '=', start, end);
      byte[] name = decode(body, start, equals);
      byte[] value = decode(body, Math.min(equals + 1, end), end);
      if (name == null
          || value == null
          || form.parameters.size() == MAX_PARAMETERS
          || form.parameters.put(new String(name, StandardCharsets.ISO_8859_1), value) != null) {
        return Optional.empty();
      }
      start = end + 1;
    }
    return Optional.of(form);
  }

  /** A value. */
  public Optional<byte[]> value(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** A text and then each name and value, by the names in order: what Mandrill signs. */
  public byte[] joined(String before) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(before.getBytes(StandardCharsets.UTF_8));
    parameters.forEach((name, value) -> {
      joined.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
      joined.writeBytes(value);
    });
    return joined.toByteArray();
  }

  private static int indexOf(byte[] body, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (body[i] == wanted) {
        return i;
      }
    }
    return to;
  }

  private static byte[] decode(byte[] body, int from, int to) {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(to - from);
    for (int i = from; i < to; i++) {
      if (body[i] == '%') {
        int high = i + 2 <= to - 1 ? Character.digit(body[i + 1], 16) : -1;
        int low = i + 2 <= to - 1 ? Character.digit(body[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          return null;
        }
        decoded.write(high * 16 + low);
        i += 2;
      } else {
        decoded.write(body[i] == '+' ? ' ' : body[i]);
      }
    }
    return decoded.toByteArray();
  }
}

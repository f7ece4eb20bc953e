package io.mailstream.sender.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** The two content transfer encodings of RFC 2045 that make any content seven-bit. */
final class Transfer {

  /** Lines of 76 characters ended by CRLF, as section 6.8 asks; none after the last. */
  private static final Base64.Encoder BASE64 = Base64.getMimeEncoder();

  private static final int MAX_LINE = 76;

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  /** Printable ASCII but {@code =}, and blanks, which must not end a line. */
  private static final boolean[] PLAIN = new boolean[128];

  static {
    Arrays.fill(PLAIN, ' ', 0x7f, true);
    PLAIN['\t'] = true;
    PLAIN['='] = false;
  }

  private Transfer() {}

  /** Text in UTF-8 with every line break, whatever it was, as CRLF: the canonical form of text. */
  static byte[] canonical(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int odd = 0;
    for (int i = 0; i < utf8.length; i++) {
      if (utf8[i] == '\r') {
        if (i + 1 < utf8.length && utf8[i + 1] == '\n') {
          i++;
        } else {
          odd++;
        }
      } else if (utf8[i] == '\n') {
        odd++;
      }
    }
    if (odd == 0) {
      return utf8;
    }
    byte[] out = new byte[utf8.length + odd];
    int to = 0;
    for (int i = 0; i < utf8.length; i++) {
      byte b = utf8[i];
      if (b == '\r' || b == '\n') {
        if (b == '\r' && i + 1 < utf8.length && utf8[i + 1] == '\n') {
          i++;
        }
        out[to++] = '\r';
        out[to++] = '\n';
      } else {
        out[to++] = b;
      }
    }
    return out;
  }

  /** Quoted-printable writes three bytes for one that base64 writes in four thirds. */
  static boolean isMostlyAscii(byte[] bytes) {
    int other = 0;
    for (byte b : bytes) {
      other += b < 0 ? 1 : 0;
    }
    return other * 6L <= bytes.length;
  }

  static void base64(ByteSink out, byte[] bytes) {
    out.write(BASE64.encode(bytes));
    out.crlf();
  }

  /** How many bytes {@link #base64} writes. */
  static long base64Length(long length) {
    long characters = (length + 2) / 3 * 4;
    return characters + (characters + MAX_LINE - 1) / MAX_LINE * 2 + 2;
  }

  /**
   * Quoted-printable of canonical text (section 6.7). {@code =} never stands unescaped, which is
   * what makes a boundary with {@code =_} safe.
   */
  static void quotedPrintable(ByteSink out, byte[] text) {
    int column = 0;
    for (int i = 0; i < text.length; i++) {
      byte b = text[i];
      if (b == '\r') { // canonical: LF follows
        out.crlf();
        i++;
        column = 0;
        continue;
      }
      int run = plainRun(text, i, MAX_LINE - 1 - column);
      if (run > 0) {
        out.write(text, i, run);
        column += run;
        i += run - 1;
        continue;
      }
      boolean last = i + 1 == text.length || text[i + 1] == '\r';
      boolean literal = b > ' ' ? b != '=' && b != 0x7f : (b == ' ' || b == '\t') && !last;
      int width = literal ? 1 : 3;
      // A line that goes on needs its last column for the soft break.
      if (column + width > (last ? MAX_LINE : MAX_LINE - 1)) {
        out.write('=');
        out.crlf();
        column = 0;
      }
      if (literal) {
        out.write(b);
      } else {
        out.write('=');
        out.write(HEX[(b >> 4) & 15]);
        out.write(HEX[b & 15]);
      }
      column += width;
    }
    // An empty body, too, is a line: a header that a boundary follows at once is no part to some.
    if (column > 0 || text.length == 0) {
      out.crlf();
    }
  }

  /** How many bytes from here stand for themselves and fit; most of a text is such runs. */
  private static int plainRun(byte[] text, int from, int room) {
    int end = Math.min(text.length, from + room);
    int i = from;
    while (i < end && text[i] >= 0 && PLAIN[text[i]]) {
      i++;
    }
    boolean lineEnds = i == text.length || text[i] == '\r';
    boolean blank = i > from && text[i - 1] <= ' ';
    return i - from - (lineEnds && blank ? 1 : 0);
  }
}

package io.mailstream.sender.mime;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Encoded words of RFC 2047, in UTF-8. Each holds whole characters and at most 75 characters; words
 * are separated by a fold.
 */
final class EncodedWords {

  private static final String START = "=?UTF-8?";
  private static final int MAX_WORD = 75;
  private static final int MAX_PAYLOAD = MAX_WORD - START.length() - "Q?".length() - "?=".length();
  private static final int MAX_LINE = 76;
  private static final String FOLD = "\r\n ";
  private static final String HEX = "0123456789ABCDEF";

  private EncodedWords() {}

  /**
   * Encodes text.
   *
   * @param column how many characters the line holds already
   */
  static String encode(String text, int column) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int escaped = 0;
    for (byte b : utf8) {
      escaped += isLiteral(b) ? 0 : 1;
    }
    // Q writes three characters for what it escapes, B four for any three bytes.
    boolean q = escaped * 6 <= utf8.length * 2;
    StringBuilder out = new StringBuilder(utf8.length * 2 + 32);
    int start = 0;
    int room = MAX_LINE - column - (MAX_WORD - MAX_PAYLOAD);
    if (room < 16) {
      out.append(FOLD);
      room = MAX_PAYLOAD;
    }
    while (start < utf8.length) {
      if (start > 0) {
        out.append(FOLD);
      }
      int end = q ? fitQ(utf8, start, Math.min(room, MAX_PAYLOAD)) : fitB(utf8, start, room);
      out.append(START).append(q ? "Q?" : "B?");
      if (q) {
        appendQ(out, utf8, start, end);
      } else {
        out.append(encodeB(utf8, start, end));
      }
      out.append("?=");
      start = end;
      room = MAX_PAYLOAD;
    }
    return out.toString();
  }

  /** The same for a field that another folds. */
  static String encodeOnOneLine(String text) {
    return encode(text, 0).replace(FOLD, " ");
  }

  private static String encodeB(byte[] utf8, int start, int end) {
    byte[] part = java.util.Arrays.copyOfRange(utf8, start, end);
    return Base64.getEncoder().encodeToString(part);
  }

  private static int fitB(byte[] utf8, int start, int room) {
    int limit = Math.min(utf8.length, start + Math.min(room, MAX_PAYLOAD) / 4 * 3);
    return characterBoundary(utf8, start, limit);
  }

  private static int fitQ(byte[] utf8, int start, int room) {
    int used = 0;
    int i = start;
    while (i < utf8.length) {
      used += isLiteral(utf8[i]) || utf8[i] == ' ' ? 1 : 3;
      if (used > room) {
        break;
      }
      i++;
    }
    return characterBoundary(utf8, start, i);
  }

  /** Moves back to where a character begins, so that no word holds half of one. */
  private static int characterBoundary(byte[] utf8, int start, int limit) {
    int end = limit;
    while (end > start && end < utf8.length && (utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return end;
  }

  private static void appendQ(StringBuilder out, byte[] utf8, int start, int end) {
    for (int i = start; i < end; i++) {
      byte b = utf8[i];
      if (isLiteral(b)) {
        out.append((char) b);
      } else if (b == ' ') {
        out.append('_');
      } else {
        out.append('=').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
      }
    }
  }

  /** The characters that Q may leave as they are even in a display name (section 5, rule 3). */
  private static boolean isLiteral(byte b) {
    return b > 0 && (WireAddress.isAlphanumeric((char) b) || "!*+-/".indexOf(b) >= 0);
  }
}

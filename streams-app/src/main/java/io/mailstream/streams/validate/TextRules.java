package io.mailstream.streams.validate;

import io.mailstream.v1.ReasonCode;
import java.util.regex.Pattern;

/** What text may hold that ends up in a header of the message. */
final class TextRules {

  /** The longest header line that RFC 5322, section 2.1.1, allows. */
  static final int LONGEST_LINE = 998;

  static final int LONGEST_ID = 256;
  static final int LONGEST_DISPLAY_NAME = 320;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private TextRules() {}

  /**
   * Checks a text that goes into one header line.
   *
   * @param code the reason where it is too long or holds a control character
   */
  static void line(Faults faults, ReasonCode code, String where, String text, int longest) {
    boolean injection = false;
    boolean control = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n' || c == 0) {
        injection = true;
      } else if (c != '\t' && Character.isISOControl(c)) {
        control = true;
      }
    }
    if (injection) {
      faults.add(
          ReasonCode.HEADER_INJECTION, where, "holds CR, LF or NUL: give one line of plain text");
    }
    if (control) {
      faults.add(code, where, "holds a control character: remove it");
    }
    if (text.length() > longest) {
      faults.add(
          code, where, "has %d characters: give at most %d".formatted(text.length(), longest));
    }
  }

  /** Checks an identifier of the producer's own making: any characters, but one line. */
  static void id(Faults faults, String where, String id) {
    if (id.isBlank()) {
      faults.add(
          ReasonCode.INVALID_REQUEST,
          where,
          "is empty: give 1 to %d characters".formatted(LONGEST_ID));
    }
    line(faults, ReasonCode.INVALID_REQUEST, where, id, LONGEST_ID);
  }

  /** Checks a name that tenants and streams go by. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}

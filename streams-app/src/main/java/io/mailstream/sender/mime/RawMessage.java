package io.mailstream.sender.mime;

import io.mailstream.v1.Delivery;
import io.mailstream.v1.RawContent;
import io.mailstream.v1.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A message that came finished. It goes out unchanged if its form is safe: seven-bit, lines of at
 * most 998 characters ended by CRLF, a header with exactly one From, the one of the delivery, with
 * no Bcc and no instruction to the ESP.
 */
final class RawMessage {

  private static final int MAX_LINE = 998;

  private RawMessage() {}

  static byte[] require(Delivery delivery, RawContent raw, HeaderRules rules)
      throws RefusedException {
    ByteBuffer content = raw.getMime().duplicate();
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    int headerEnd = scan(bytes);
    requireHeader(delivery, new String(bytes, 0, headerEnd, StandardCharsets.US_ASCII), rules);
    return bytes;
  }

  /**
   * Checks every byte and line.
   *
   * @return where the header ends: after the CRLF of its last line
   */
  private static int scan(byte[] bytes) throws RefusedException {
    int lineStart = 0;
    int headerEnd = -1;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b <= 0) {
        throw invalid("has bytes that are not seven-bit, or NUL: encode them");
      }
      if (b == '\r') {
        if (i + 1 == bytes.length || bytes[i + 1] != '\n') {
          throw invalid("has a CR without LF: end lines by CRLF");
        }
        if (i == lineStart && headerEnd < 0) {
          headerEnd = lineStart;
        }
        i++;
        lineStart = i + 1;
      } else if (b == '\n') {
        throw invalid("has an LF without CR: end lines by CRLF");
      } else if (i - lineStart >= MAX_LINE) {
        throw invalid("has a line of more than 998 characters: fold or encode it");
      }
    }
    if (headerEnd <= 0) {
      throw invalid("has no header, or no empty line after it");
    }
    return headerEnd;
  }

  private static void requireHeader(Delivery delivery, String header, HeaderRules rules)
      throws RefusedException {
    int from = 0;
    String unfolded = header.replace("\r\n ", " ").replace("\r\n\t", "\t");
    for (String line : unfolded.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw invalid("has a header line that is no field: give Name: value");
      }
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      if (name.equals("bcc") || name.startsWith("resent-") || rules.isForEsp(name)) {
        throw invalid("has a header field that may not be sent (Bcc, Resent-*, or the ESP's own)");
      }
      if (name.equals("from")) {
        from++;
        requireFrom(delivery, line.substring(colon + 1).strip());
      }
    }
    if (from != 1) {
      throw invalid("does not have exactly one From field");
    }
  }

  /** The delivery's From was checked against the tenant's domains; another one was not. */
  private static void requireFrom(Delivery delivery, String value) throws RefusedException {
    String address = delivery.getFrom().getAddress();
    boolean bare = value.equalsIgnoreCase(address);
    int angle = value.indexOf('<');
    boolean named =
        angle >= 0
            && value.substring(angle).equalsIgnoreCase("<" + address + ">")
            && value.substring(0, angle).indexOf('@') < 0
            && value.substring(0, angle).indexOf(',') < 0;
    if (!bare && !named) {
      throw new RefusedException(
          ReasonCode.INVALID_SENDER, "the raw message's From is not the From of the request");
    }
  }

  private static RefusedException invalid(String detail) {
    return new RefusedException(ReasonCode.INVALID_CONTENT, "the raw message " + detail);
  }
}

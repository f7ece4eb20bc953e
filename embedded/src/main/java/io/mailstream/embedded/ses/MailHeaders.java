package io.mailstream.embedded.ses;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The header fields of a MIME message, as SES repeats them in its events. */
final class MailHeaders {

  private static final int MAX_BYTES = 10 * 1024;

  private MailHeaders() {}

  record Header(String name, String value) {}

  /** The fields within the first 10 KiB, unfolded. */
  static List<Header> of(Optional<byte[]> raw) {
    if (raw.isEmpty()) {
      return List.of();
    }
    int length = Math.min(raw.get().length, MAX_BYTES);
    String text = new String(raw.get(), 0, length, StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    List<Header> headers = new ArrayList<>();
    String head = end < 0 ? text : text.substring(0, end);
    for (String line : head.replaceAll("\r\n(?=[ \t])", "").split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
      }
    }
    return headers;
  }
}

package io.mailstream.streams.validate;

import io.mailstream.v1.Header;
import io.mailstream.v1.ReasonCode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which header fields a request may add (RFC 5322, section 2.2). */
final class HeaderRules {

  private static final int MOST = 100;
  private static final int LONGEST_NAME = 126;
  private static final int LONGEST_VALUE = 8192;
  // A word is where a line can be folded; a longer one cannot be kept under the limit of a line.
  private static final int LONGEST_WORD = 870;

  private static final Pattern NAME = Pattern.compile("[!-9;-~]+");
  private static final Pattern SPACE = Pattern.compile("[ \\t]+");

  /** Fields that the message is made of or that only a mail system may write. */
  private static final Set<String> RESERVED =
      Set.of(
          "from",
          "sender",
          "reply-to",
          "to",
          "cc",
          "bcc",
          "subject",
          "date",
          "message-id",
          "mime-version",
          "return-path",
          "received",
          "delivered-to",
          "dkim-signature",
          "domainkey-signature",
          "authentication-results",
          "received-spf");

  private static final List<String> RESERVED_PREFIXES =
      List.of("content-", "resent-", "arc-", "x-ses-", "x-mailstream-");

  private HeaderRules() {}

  static void check(Faults faults, List<Header> headers) {
    if (headers.size() > MOST) {
      faults.add(
          ReasonCode.INVALID_HEADER,
          "headers",
          "has %d fields: give at most %d".formatted(headers.size(), MOST));
    }
    for (int i = 0; i < headers.size(); i++) {
      name(faults, "headers[" + i + "].name", headers.get(i).getName());
      value(faults, "headers[" + i + "].value", headers.get(i).getValue());
    }
  }

  static boolean isReserved(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return RESERVED.contains(lower) || RESERVED_PREFIXES.stream().anyMatch(lower::startsWith);
  }

  private static void name(Faults faults, String where, String name) {
    int before = faults.count();
    TextRules.line(faults, ReasonCode.INVALID_HEADER, where, name, LONGEST_NAME);
    if (faults.count() > before) {
      return;
    }
    if (!NAME.matcher(name).matches()) {
      faults.add(
          ReasonCode.INVALID_HEADER,
          where,
          "is no field name: give printable ASCII without space and colon");
    } else if (isReserved(name)) {
      faults.add(
          ReasonCode.INVALID_HEADER,
          where,
          "is written by Mailstream or by mail systems only: use the request's own field for it,"
              + " or leave it out");
    }
  }

  private static void value(Faults faults, String where, String value) {
    TextRules.line(faults, ReasonCode.INVALID_HEADER, where, value, LONGEST_VALUE);
    if (value.length() > LONGEST_WORD
        && SPACE.splitAsStream(value).anyMatch(word -> word.length() > LONGEST_WORD)) {
      faults.add(
          ReasonCode.INVALID_HEADER,
          where,
          "has more than %d characters without a space: such a line cannot be folded"
              .formatted(LONGEST_WORD));
    }
  }
}

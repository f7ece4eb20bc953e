package io.mailstream.sender.mime;

import io.mailstream.v1.Header;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Writes header fields (RFC 5322, section 2.2), folded and in ASCII. */
final class HeaderFields {

  /** Where lines are folded if they can be. */
  private static final int SOFT_LIMIT = 76;

  /** What no line may exceed (RFC 5322, section 2.1.1). */
  private static final int HARD_LIMIT = 998;

  private static final int MAX_QUOTED_NAME = 60;

  /** Fields that the composer writes itself, or that only a transport may write. */
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
          "dkim-signature");

  private static final List<String> RESERVED_PREFIXES = List.of("content-", "resent-");

  private final ByteSink out;
  private final String espPrefix;

  /**
   * Fields to a sink.
   *
   * @param espPrefix the prefix, in lower case, of fields by which the ESP takes instructions; they
   *     are refused
   */
  HeaderFields(ByteSink out, String espPrefix) {
    this.out = out;
    this.espPrefix = espPrefix;
  }

  /** A field whose value is known to be short ASCII. */
  void plain(String name, String value) {
    out.ascii(name);
    out.ascii(": ");
    out.ascii(value);
    out.crlf();
  }

  void subject(String subject) throws RefusedException {
    RefusedException.requireOneLine("the subject", subject);
    String value = subject.strip();
    // What looks like an encoded word would be read as one: encode it, so that it shows as given.
    Optional<String> folded =
        isPrintable(value) && !value.contains("=?")
            ? fold(value, "Subject: ".length())
            : Optional.empty();
    plain("Subject", folded.orElseGet(() -> EncodedWords.encode(value, "Subject: ".length())));
  }

  /** A field of the request's own. */
  void custom(Header header) throws RefusedException {
    String name = header.getName();
    requireName(name);
    String what = "the header " + name;
    RefusedException.requireOneLine(what, header.getValue());
    String value = header.getValue().strip();
    int column = name.length() + 2;
    if (!value.chars().allMatch(c -> c < 0x7f)) {
      plain(name, EncodedWords.encode(value, column));
      return;
    }
    if (!isPrintable(value)) {
      throw new RefusedException(
          ReasonCode.INVALID_HEADER, what + " contains control characters: remove them");
    }
    String folded =
        fold(value, column)
            .orElseThrow(() ->
                new RefusedException(
                    ReasonCode.INVALID_HEADER,
                    what
                        + " has more than 998 characters without a space to fold at: "
                        + "shorten it"));
    plain(name, folded);
  }

  private void requireName(String name) throws RefusedException {
    RefusedException.requireOneLine("a header name", name);
    String lower = name.toLowerCase(Locale.ROOT);
    boolean text = name.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != ':');
    if (name.isEmpty() || name.length() > SOFT_LIMIT || !text) {
      throw new RefusedException(
          ReasonCode.INVALID_HEADER,
          "a header name is not 1 to 76 printable ASCII characters without colon and space");
    }
    if (RESERVED.contains(lower)
        || RESERVED_PREFIXES.stream().anyMatch(lower::startsWith)
        || (!espPrefix.isEmpty() && lower.startsWith(espPrefix))) {
      throw new RefusedException(
          ReasonCode.INVALID_HEADER, "the header " + name + " is written by the sender: remove it");
    }
  }

  /** A list of mailboxes (RFC 5322, section 3.4); nothing where the list is empty. */
  void mailboxes(String name, List<Mailbox> mailboxes) throws RefusedException {
    if (mailboxes.isEmpty()) {
      return;
    }
    out.ascii(name);
    out.ascii(": ");
    int column = name.length() + 2;
    for (int i = 0; i < mailboxes.size(); i++) {
      Mailbox mailbox = mailboxes.get(i);
      String address = address(name, mailbox.getAddress());
      String displayName = displayName(name, mailbox.getName());
      if (i > 0) {
        out.write(',');
        boolean fits = column + displayName.length() + address.length() + 6 <= SOFT_LIMIT;
        out.ascii(fits ? " " : "\r\n ");
        column = fits ? column + 2 : 1;
      }
      column = mailbox(displayName, address, column);
    }
    out.crlf();
  }

  private int mailbox(String displayName, String address, int column) {
    if (displayName.isEmpty()) {
      out.ascii(address);
      return column + address.length();
    }
    String phrase = phrase(displayName, column);
    out.ascii(phrase);
    int fold = phrase.lastIndexOf('\n');
    int at = fold < 0 ? column + phrase.length() : phrase.length() - fold - 1;
    boolean fits = at + address.length() + 3 <= SOFT_LIMIT;
    out.ascii(fits ? " <" : "\r\n <");
    out.ascii(address);
    out.write('>');
    return (fits ? at : 0) + address.length() + 3;
  }

  private static String address(String field, String address) throws RefusedException {
    RefusedException.requireOneLine("an address of " + field, address);
    Optional<String> ascii = WireAddress.find(address);
    if (ascii.isPresent()) {
      return ascii.get();
    }
    throw new RefusedException(
        field.equals("From") ? ReasonCode.INVALID_SENDER : ReasonCode.INVALID_ADDRESS,
        WireAddress.needsSmtpUtf8(address)
            ? "the local part of an address of "
                + field
                + " is not ASCII, and the ESP has no"
                + " SMTPUTF8: use an address with an ASCII local part"
            : "an address of " + field + " is not local-part@domain: correct it");
  }

  private static String displayName(String field, String name) throws RefusedException {
    if (name == null) {
      return "";
    }
    RefusedException.requireOneLine("a display name of " + field, name);
    return name.strip();
  }

  private static String phrase(String name, int column) {
    if (!isPrintable(name)
        || name.indexOf('\t') >= 0
        || name.length() > MAX_QUOTED_NAME
        || name.contains("=?")) {
      return EncodedWords.encode(name, column);
    }
    boolean bare = name.chars().allMatch(c -> c == ' ' || WireAddress.isAlphanumeric((char) c));
    return bare && !name.contains("  ") ? name : quoted(name);
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 8).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\');
      }
      quoted.append(c);
    }
    return quoted.append('"').toString();
  }

  /** Printable ASCII, spaces and tabs. */
  static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 0x20 && c != '\t') || c > 0x7e) {
        return false;
      }
    }
    return true;
  }

  /**
   * Folds before white space, so that unfolding gives the value back.
   *
   * @return empty where a line would exceed the hard limit even so
   */
  private static Optional<String> fold(String value, int column) {
    if (column + value.length() <= SOFT_LIMIT) {
      return Optional.of(value);
    }
    StringBuilder folded = new StringBuilder(value.length() + 16);
    int at = column;
    int start = 0;
    while (start < value.length()) {
      int end = start;
      while (end < value.length() && isBlank(value.charAt(end))) {
        end++;
      }
      while (end < value.length() && !isBlank(value.charAt(end))) {
        end++;
      }
      if (start > 0 && at + end - start > SOFT_LIMIT) {
        folded.append("\r\n");
        at = 0;
      }
      folded.append(value, start, end);
      at += end - start;
      if (at > HARD_LIMIT) {
        return Optional.empty();
      }
      start = end;
    }
    return Optional.of(folded.toString());
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}

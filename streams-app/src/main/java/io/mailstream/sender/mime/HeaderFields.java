package io.mailstream.sender.mime;

import io.mailstream.v1.Header;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import java.util.List;
import java.util.Optional;

/**
 * Writes header fields (RFC 5322, section 2.2), folded and in ASCII; only addresses may be in UTF-8
 * (RFC 6532), where the rules allow it.
 */
final class HeaderFields {

  /** Where lines are folded if they can be. */
  private static final int SOFT_LIMIT = 76;

  /** What no line may exceed (RFC 5322, section 2.1.1). */
  private static final int HARD_LIMIT = 998;

  private static final int MAX_QUOTED_NAME = 60;

  private final ByteSink out;
  private final HeaderRules rules;

  /** Fields to a sink, by the rules for the ESP. */
  HeaderFields(ByteSink out, HeaderRules rules) {
    this.out = out;
    this.rules = rules;
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
    rules.requireName(name);
    String value = rules.value(header);
    int column = name.length() + 2;
    if (!isPrintable(value)) {
      plain(name, EncodedWords.encode(value, column));
      return;
    }
    String folded =
        fold(value, column)
            .orElseThrow(() ->
                new RefusedException(
                    ReasonCode.INVALID_HEADER,
                    "the header "
                        + name
                        + " has more than 998 characters without a space to fold at: "
                        + "shorten it"));
    plain(name, folded);
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
      String address = rules.address(name, mailbox.getAddress());
      String displayName = HeaderRules.displayName(name, mailbox.getName());
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
      out.utf8(address);
      return column + address.length();
    }
    String phrase = phrase(displayName, column);
    out.ascii(phrase);
    int fold = phrase.lastIndexOf('\n');
    int at = fold < 0 ? column + phrase.length() : phrase.length() - fold - 1;
    boolean fits = at + address.length() + 3 <= SOFT_LIMIT;
    out.ascii(fits ? " <" : "\r\n <");
    out.utf8(address);
    out.write('>');
    return (fits ? at : 0) + address.length() + 3;
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

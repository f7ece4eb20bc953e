package io.mailstream.sender.mime;

import io.mailstream.v1.Header;
import io.mailstream.v1.ReasonCode;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a request may put into header fields, whoever writes them. */
final class HeaderRules {

  private static final int MAX_NAME = 76;

  /** Fields that the sender writes itself, or that only a transport may write. */
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

  private final List<String> espPrefixes;
  private final boolean smtpUtf8;

  /**
   * Rules for one kind of ESP.
   *
   * @param espPrefixes prefixes of fields by which the ESP takes instructions; they are refused
   * @param smtpUtf8 whether addresses may have local parts beyond ASCII
   */
  HeaderRules(Collection<String> espPrefixes, boolean smtpUtf8) {
    this.espPrefixes = espPrefixes.stream().map(p -> p.toLowerCase(Locale.ROOT)).toList();
    this.smtpUtf8 = smtpUtf8;
  }

  /** Whether a field, its name in lower case, would instruct the ESP. */
  boolean isForEsp(String name) {
    return espPrefixes.stream().anyMatch(name::startsWith);
  }

  /** Refuses a name that is none, or that is not the request's to write. */
  void requireName(String name) throws RefusedException {
    RefusedException.requireOneLine("a header name", name);
    String lower = name.toLowerCase(Locale.ROOT);
    boolean text = name.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != ':');
    if (name.isEmpty() || name.length() > MAX_NAME || !text) {
      throw new RefusedException(
          ReasonCode.INVALID_HEADER,
          "a header name is not 1 to 76 printable ASCII characters without colon and space");
    }
    if (RESERVED.contains(lower)
        || RESERVED_PREFIXES.stream().anyMatch(lower::startsWith)
        || isForEsp(lower)) {
      throw new RefusedException(
          ReasonCode.INVALID_HEADER, "the header " + name + " is written by the sender: remove it");
    }
  }

  /** The value of a request's field, on one line; it may hold what only encoded words carry. */
  String value(Header header) throws RefusedException {
    String what = "the header " + header.getName();
    RefusedException.requireOneLine(what, header.getValue());
    String value = header.getValue().strip();
    if (value.chars().allMatch(c -> c < 0x7f) && !HeaderFields.isPrintable(value)) {
      throw new RefusedException(
          ReasonCode.INVALID_HEADER, what + " contains control characters: remove them");
    }
    return value;
  }

  /** An address of a field, as it goes over the wire. */
  String address(String field, String address) throws RefusedException {
    RefusedException.requireOneLine("an address of " + field, address);
    Optional<String> wire =
        smtpUtf8 ? WireAddress.findInternational(address) : WireAddress.find(address);
    if (wire.isPresent()) {
      return wire.get();
    }
    throw new RefusedException(
        field.equals("From") ? ReasonCode.INVALID_SENDER : ReasonCode.INVALID_ADDRESS,
        !smtpUtf8 && WireAddress.needsSmtpUtf8(address)
            ? "the local part of an address of "
                + field
                + " is not ASCII, and the ESP has no"
                + " SMTPUTF8: use an address with an ASCII local part"
            : "an address of " + field + " is not local-part@domain: correct it");
  }

  /** A display name; empty where there is none. */
  static String displayName(String field, String name) throws RefusedException {
    if (name == null) {
      return "";
    }
    RefusedException.requireOneLine("a display name of " + field, name);
    return name.strip();
  }
}

package io.mailstream.sender.mime;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An address as it goes over a wire that speaks ASCII only (no SMTPUTF8): the local part as given,
 * the domain in Punycode.
 *
 * <p>The topology has validated the address; this holds the line once more, so that nothing that is
 * not exactly one address can end up in a header or an envelope.
 */
public final class WireAddress {

  private static final int MAX_LENGTH = 254;
  private static final int MAX_LOCAL_PART = 64;
  private static final String ATEXT_SPECIALS = "!#$%&'*+-/=?^_`{|}~";

  private WireAddress() {}

  /**
   * The address in ASCII.
   *
   * @param address {@code local-part@domain}
   * @return empty where the local part is no dot-atom or quoted string of ASCII (RFC 5322, section
   *     3.4.1), or the domain is no domain name
   */
  public static Optional<String> find(String address) {
    int at = address.lastIndexOf('@');
    if (at <= 0) {
      return Optional.empty();
    }
    String local = address.substring(0, at);
    if (local.length() > MAX_LOCAL_PART || !(isDotAtom(local) || isQuotedString(local))) {
      return Optional.empty();
    }
    // The key carries the domain in lower-case ASCII; the local part stays as given.
    return RecipientKey.find("a" + address.substring(at))
        .map(key -> key.substring(key.indexOf('@') + 1))
        .filter(WireAddress::isHostName)
        .map(domain -> local + "@" + domain)
        .filter(ascii -> ascii.length() <= MAX_LENGTH);
  }

  /**
   * The address where the other side has SMTPUTF8 (RFC 6531): a local part beyond ASCII stays as it
   * is, the domain is in Punycode all the same.
   *
   * @return empty where the local part is no dot-atom or quoted string, of RFC 6532's characters
   *     too, or the domain is no domain name
   */
  public static Optional<String> findInternational(String address) {
    Optional<String> ascii = find(address);
    int at = address.lastIndexOf('@');
    if (ascii.isPresent() || !needsSmtpUtf8(address)) {
      return ascii;
    }
    String local = address.substring(0, at);
    // What is printable and beyond ASCII counts as a letter; the rest keeps its own rules.
    String standIn = local.replaceAll("[\\p{L}\\p{M}\\p{N}\\p{S}\\p{Pd}&&[^\\x00-\\x7f]]", "a");
    boolean fits = local.getBytes(StandardCharsets.UTF_8).length <= MAX_LOCAL_PART;
    return fits
        ? find(standIn + address.substring(at))
            .map(wire -> local + wire.substring(wire.lastIndexOf('@')))
        : Optional.empty();
  }

  /** The refusal of a recipient that an ESP without SMTPUTF8 cannot take. */
  public static Composition.Refused refused(String esp) {
    return new Composition.Refused(
        ReasonCode.INVALID_ADDRESS,
        esp + " has no SMTPUTF8: the recipient needs an ASCII local part and a domain name");
  }

  /** Whether the local part needs SMTPUTF8 (RFC 6531), for a message that says so. */
  static boolean needsSmtpUtf8(String address) {
    int at = address.lastIndexOf('@');
    return at > 0 && address.substring(0, at).chars().anyMatch(c -> c > 0x7e);
  }

  private static boolean isDotAtom(String local) {
    boolean dot = true;
    for (int i = 0; i < local.length(); i++) {
      char c = local.charAt(i);
      if (c == '.') {
        if (dot) {
          return false;
        }
        dot = true;
      } else if (isAtext(c)) {
        dot = false;
      } else {
        return false;
      }
    }
    return !dot;
  }

  static boolean isAtext(char c) {
    return isAlphanumeric(c) || ATEXT_SPECIALS.indexOf(c) >= 0;
  }

  static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static boolean isQuotedString(String local) {
    int last = local.length() - 1;
    if (last < 1 || local.charAt(0) != '"' || local.charAt(last) != '"') {
      return false;
    }
    for (int i = 1; i < last; i++) {
      char c = local.charAt(i);
      if (c == '\\') {
        i++;
        if (i == last) {
          return false;
        }
        c = local.charAt(i);
      } else if (c == '"') {
        return false;
      }
      if (c < 0x20 || c > 0x7e) {
        return false;
      }
    }
    return true;
  }

  /** UTS 46 lets ASCII punctuation pass; a host name has letters, digits and hyphens. */
  private static boolean isHostName(String domain) {
    for (int i = 0; i < domain.length(); i++) {
      char c = domain.charAt(i);
      if (!isAlphanumeric(c) && c != '-' && c != '.') {
        return false;
      }
    }
    return !domain.isEmpty() && domain.charAt(0) != '.' && domain.length() <= 253;
  }
}

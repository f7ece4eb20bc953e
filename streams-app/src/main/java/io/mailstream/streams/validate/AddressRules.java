package io.mailstream.streams.validate;

import com.sanctionco.jmail.Email;
import com.sanctionco.jmail.JMail;
import com.sanctionco.jmail.TopLevelDomain;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an address must be to be put on an envelope: a mailbox of RFC 5321, section 4.1.2, with the
 * lengths of section 4.5.3.1 (64 octets before the @, 254 in all, as given and with the domain in
 * Punycode), internationalised as RFC 6531 allows, at a fully qualified domain (section 2.3.5); no
 * comments, routes, white space or address literals.
 */
final class AddressRules {

  private static final int LONGEST_LOCAL_PART = 64;
  private static final int LONGEST_ADDRESS = 254;

  private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)+\"");

  private AddressRules() {}

  /**
   * Checks an address.
   *
   * @param code the reason where it is none
   * @return its canonical form; empty where there is a fault
   */
  static Optional<String> check(Faults faults, ReasonCode code, String where, String address) {
    if (address.indexOf('\r') >= 0 || address.indexOf('\n') >= 0 || address.indexOf(0) >= 0) {
      faults.add(ReasonCode.HEADER_INJECTION, where, "holds CR, LF or NUL: give local-part@domain");
      return Optional.empty();
    }
    Optional<String> problem = problem(address);
    if (problem.isPresent()) {
      faults.add(code, where, problem.get());
      return Optional.empty();
    }
    return RecipientKey.find(address);
  }

  private static Optional<String> problem(String address) {
    if (address.isBlank()) {
      return Optional.of("is empty: give local-part@domain");
    }
    int octets = octets(address);
    if (octets > LONGEST_ADDRESS) {
      return tooLong("", octets, LONGEST_ADDRESS);
    }
    int at = address.lastIndexOf('@');
    if (at < 0) {
      return Optional.of("has no @: give local-part@domain");
    }
    int local = octets(address.substring(0, at));
    if (local > LONGEST_LOCAL_PART) {
      return tooLong(" before the @", local, LONGEST_LOCAL_PART);
    }
    Optional<String> key = RecipientKey.find(address);
    if (key.isEmpty()) {
      return Optional.of("has no valid domain name after the @");
    }
    int onTheWire = local + key.get().length() - key.get().lastIndexOf('@');
    if (onTheWire > LONGEST_ADDRESS) {
      return tooLong(" with its domain in Punycode", onTheWire, LONGEST_ADDRESS);
    }
    return isSyntax(address)
        ? Optional.empty()
        : Optional.of("is no address (RFC 5321, section 4.1.2): give local-part@domain");
  }

  private static boolean isSyntax(String address) {
    for (int i = 0; i < address.length(); i++) {
      if (Character.isISOControl(address.charAt(i))) {
        return false;
      }
    }
    // RFC 822 mixed words and quoted strings, and had pairs outside of quotes; RFC 5321 has not.
    String local = address.substring(0, address.lastIndexOf('@'));
    boolean isPlain = local.indexOf('"') < 0 && local.indexOf('\\') < 0;
    return (isPlain || QUOTED.matcher(local).matches())
        && JMail.tryParse(address).filter(AddressRules::isMailbox).isPresent();
  }

  /** RFC 5322 and its obsolete syntax, which JMail reads, have more than a mailbox of RFC 5321. */
  private static boolean isMailbox(Email email) {
    return !email.isIpAddress()
        && email.explicitSourceRoutes().isEmpty()
        && !email.hasIdentifier()
        && !email.containsWhitespace()
        && email.comments().isEmpty()
        && !email.topLevelDomain().equals(TopLevelDomain.NONE);
  }

  private static Optional<String> tooLong(String where, int octets, int longest) {
    return Optional.of(
        "has %d octets%s: at most %d can be delivered".formatted(octets, where, longest));
  }

  private static int octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}

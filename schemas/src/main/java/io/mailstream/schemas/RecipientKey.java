package io.mailstream.schemas;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.IDNA;
import com.ibm.icu.text.Normalizer2;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The canonical form of an address: the key of every record about it, so that one partition holds
 * all that is known of it, in order. Addresses that reach the same mailbox by the rules of SMTP
 * have the same key:
 *
 * <ol>
 *   <li>The local part is what stands before the last {@code @}, the domain what stands behind it.
 *       Neither has a control character of ASCII (RFC 5321, section 4.1.2, not even in quotes).
 *   <li>Domain: mapped by UTS 46 (non-transitional, with the checks of Bidi and of joiners) to
 *       ASCII in lower case; one dot at the end is dropped. Its labels are of letters, digits,
 *       hyphens and underscores, have up to 63 characters, no hyphen at either end, and 253
 *       characters in all. An address literal, {@code [...]}, becomes lower-case and is not looked
 *       into.
 *   <li>Local part: put into NFC; each character lower-case by itself (full mapping of Unicode
 *       without conditions: Σ is always σ); put into NFC again. Lower-case for the key only: mail
 *       goes to the address as given (RFC 5321, section 2.4).
 *   <li>A quoted local part loses its quotes where it needs none (RFC 5321, section 4.1.2), and
 *       each backslash that is not needed.
 *   <li>Nothing else is equal: dots and {@code +tags} in the local part count.
 * </ol>
 *
 * <p>The vectors in {@code schemas/vectors/recipient-key.json} allow a producer in any language to
 * compute the same key. Unicode's tables are ICU's, so that the key does not depend on the JDK.
 */
public final class RecipientKey {

  private static final IDNA UTS46 =
      IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);
  private static final Normalizer2 NFC = Normalizer2.getNFCInstance();

  /** Names with two hyphens in that place are registered and get mail. */
  private static final Set<IDNA.Error> TOLERATED = EnumSet.of(IDNA.Error.HYPHEN_3_4);

  private static final int MAX_DOMAIN = 253;
  private static final int MAX_LABEL = 63;
  private static final String ATOM_SYMBOLS = "!#$%&'*+-/=?^_`{|}~";

  private RecipientKey() {}

  /**
   * The key of an address.
   *
   * @param address {@code local-part@domain}, without angle brackets; not otherwise validated
   * @return the canonical address, or empty where there is no {@code @} with something on both
   *     sides, the domain is no domain name, there is a control character of ASCII, or the text is
   *     no Unicode (a surrogate on its own)
   */
  public static Optional<String> find(String address) {
    int at = address.lastIndexOf('@');
    if (at <= 0 || at == address.length() - 1 || hasControl(address)) {
      return Optional.empty();
    }
    if (isAscii(address) && address.charAt(0) != '"' && isPlainDomain(address, at + 1)) {
      return Optional.of(address.toLowerCase(Locale.ROOT));
    }
    return canonical(address.substring(0, at), address.substring(at + 1));
  }

  /**
   * The key of an address that is known to have one.
   *
   * @throws IllegalArgumentException if it has none; the message does not repeat the address
   */
  public static String of(String address) {
    return find(address)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "not an address: give local-part@domain, with a valid domain name"));
  }

  /** The key of an address as the bytes of a Kafka record key. */
  public static byte[] bytes(String address) {
    return of(address).getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<String> canonical(String local, String domain) {
    if (!isUnicode(local) || !isUnicode(domain)) {
      return Optional.empty();
    }
    return domain(domain).map(ascii -> unquoted(lowerCase(local)) + "@" + ascii);
  }

  private static Optional<String> domain(String domain) {
    if (domain.startsWith("[") && domain.endsWith("]")) {
      boolean legal = domain.chars().allMatch(c -> c > ' ' && c < 0x7f);
      return legal ? Optional.of(domain.toLowerCase(Locale.ROOT)) : Optional.empty();
    }
    IDNA.Info info = new IDNA.Info();
    StringBuilder ascii = UTS46.nameToASCII(domain, new StringBuilder(), info);
    if (!TOLERATED.containsAll(info.getErrors())) {
      return Optional.empty();
    }
    if (ascii.length() > 1 && ascii.charAt(ascii.length() - 1) == '.') {
      ascii.setLength(ascii.length() - 1);
    }
    String name = ascii.toString().toLowerCase(Locale.ROOT);
    return isHostName(name, 0) ? Optional.of(name) : Optional.empty();
  }

  private static String lowerCase(String local) {
    String nfc = NFC.normalize(local);
    StringBuilder lower = new StringBuilder(nfc.length() + 2);
    nfc.codePoints()
        .forEach(c -> lower.append(UCharacter.toLowerCase(Locale.ROOT, Character.toString(c))));
    return NFC.normalize(lower);
  }

  /** The shortest way to write a local part that was given as a quoted string. */
  private static String unquoted(String local) {
    int end = local.length() - 1;
    if (end < 2 || local.charAt(0) != '"' || local.charAt(end) != '"') {
      return local;
    }
    StringBuilder content = new StringBuilder();
    for (int i = 1; i < end; i++) {
      char c = local.charAt(i);
      if (c == '"' || (c == '\\' && ++i == end)) {
        return local;
      }
      content.append(local.charAt(i));
    }
    String text = content.toString();
    return isDotAtom(text) ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static boolean isDotAtom(String text) {
    boolean afterDot = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean dot = c == '.';
      if (dot ? afterDot : !isAtomText(c)) {
        return false;
      }
      afterDot = dot;
    }
    return !afterDot;
  }

  /** Atext of RFC 5322, section 3.2.3, with the characters of RFC 6531. */
  private static boolean isAtomText(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c >= 0x80
        || ATOM_SYMBOLS.indexOf(c) >= 0;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7f) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  /** A host name without a label that UTS 46 would have to look into. */
  private static boolean isPlainDomain(String text, int start) {
    return isHostName(text, start) && !hasEncodedLabel(text, start);
  }

  private static boolean hasEncodedLabel(String text, int start) {
    for (int at = start; at > 0; at = text.indexOf('.', at) + 1) {
      if (text.regionMatches(true, at, "xn--", 0, 4)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHostName(String text, int start) {
    int end = text.length();
    if (end - start > MAX_DOMAIN) {
      return false;
    }
    int labelStart = start;
    for (int i = start; i <= end; i++) {
      char c = i == end ? '.' : text.charAt(i);
      if (c == '.') {
        if (i == labelStart
            || i - labelStart > MAX_LABEL
            || text.charAt(labelStart) == '-'
            || text.charAt(i - 1) == '-') {
          return false;
        }
        labelStart = i + 1;
      } else if (!((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '-'
          || c == '_')) {
        return false;
      }
    }
    return true;
  }
}

package io.mailstream.schemas;

import com.ibm.icu.text.IDNA;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * The canonical form of an address: the key of every record about it, so that one partition holds
 * all that is known of it, in order.
 *
 * <p>The whole is normalised to NFC. The domain becomes lower-case ASCII (IDNA 2008 by UTS 46,
 * non-transitional). The local part becomes lower-case, for the key only: mail goes to the address
 * as given (RFC 5321, section 2.4, leaves the case of the local part to its host). The rules and
 * the vectors in {@code schemas/vectors/recipient-key.json} allow a producer in any language to
 * compute the same key.
 */
public final class RecipientKey {

  private static final IDNA UTS46 =
      IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);

  private RecipientKey() {}

  /**
   * The key of an address.
   *
   * @param address {@code local-part@domain}, without angle brackets; not otherwise validated
   * @return the canonical address, or empty where there is no {@code @} with something on both
   *     sides or the domain is no domain name
   */
  public static Optional<String> find(String address) {
    int at = address.lastIndexOf('@');
    if (at <= 0 || at == address.length() - 1) {
      return Optional.empty();
    }
    String local = lowerCase(address.substring(0, at));
    String domain = address.substring(at + 1);
    String ascii = isPlainDomain(domain) ? domain.toLowerCase(Locale.ROOT) : toAscii(domain);
    return ascii == null ? Optional.empty() : Optional.of(local + "@" + ascii);
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

  private static String lowerCase(String local) {
    String nfc = Normalizer.normalize(local, Normalizer.Form.NFC);
    return Normalizer.normalize(nfc.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }

  /** Letters, digits, hyphens and dots, and no label that UTS 46 would have to look into. */
  private static boolean isPlainDomain(String domain) {
    int labelStart = 0;
    for (int i = 0; i <= domain.length(); i++) {
      char c = i == domain.length() ? '.' : domain.charAt(i);
      if (c == '.') {
        if (!isPlainLabel(domain, labelStart, i)) {
          return false;
        }
        labelStart = i + 1;
      } else if (!((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '-')) {
        return false;
      }
    }
    return domain.length() <= 253;
  }

  private static boolean isPlainLabel(String domain, int start, int end) {
    int length = end - start;
    return length > 0
        && length <= 63
        && domain.charAt(start) != '-'
        && domain.charAt(end - 1) != '-'
        && !(length >= 4 && domain.charAt(start + 2) == '-' && domain.charAt(start + 3) == '-');
  }

  private static String toAscii(String domain) {
    IDNA.Info info = new IDNA.Info();
    StringBuilder ascii = new StringBuilder();
    UTS46.nameToASCII(domain, ascii, info);
    return info.hasErrors() || ascii.isEmpty() ? null : ascii.toString().toLowerCase(Locale.ROOT);
  }
}

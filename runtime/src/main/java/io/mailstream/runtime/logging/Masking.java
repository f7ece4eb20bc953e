package io.mailstream.runtime.logging;

/**
 * Keeps email addresses out of logs and of other text that leaves the system: {@code
 * john@example.com} becomes {@code j***@example.com}. The domain stays, since deliverability is
 * about domains.
 */
public final class Masking {

  private static final String MASK = "***";

  private Masking() {}

  /**
   * An address, masked.
   *
   * @param address anything; what has no {@code @} is masked whole
   */
  public static String address(String address) {
    int at = address.lastIndexOf('@');
    return at < 0 ? MASK : mask(address.substring(0, at)) + address.substring(at);
  }

  /**
   * A text, with everything in it that looks like an address masked: also with {@code %40} for the
   * {@code @}, and with a quoted local part (RFC 5322, section 3.4.1). A word after the {@code @}
   * that has no dot, such as the hash in {@code Object@1b2c}, is no domain.
   */
  public static String text(String text) {
    if (text.indexOf('@') < 0 && !text.contains("%40")) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 8);
    int copied = 0;
    for (int i = 0; i < text.length(); i++) {
      int width = atWidth(text, i);
      if (width == 0) {
        continue;
      }
      int start = localStart(text, i, copied);
      int end = domainEnd(text, i + width);
      if (start < i && isDomain(text, i + width, end)) {
        out.append(text, copied, start).append(mask(text.substring(start, i)));
        out.append(text, i, end);
        copied = end;
      }
      i = Math.max(i + width - 1, copied - 1);
    }
    return out.append(text, copied, text.length()).toString();
  }

  private static int atWidth(String text, int i) {
    return text.charAt(i) == '@' ? 1 : text.startsWith("%40", i) ? 3 : 0;
  }

  /** Where the local part that ends at {@code at} begins; not before {@code floor}. */
  private static int localStart(String text, int at, int floor) {
    if (at > floor && text.charAt(at - 1) == '"') {
      for (int i = at - 2; i >= floor; i--) {
        if (text.charAt(i) == '"' && (i == 0 || text.charAt(i - 1) != '\\')) {
          return i;
        }
      }
      return at;
    }
    int start = at;
    while (start > floor && isLocalCharacter(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int domainEnd(String text, int start) {
    if (start < text.length() && text.charAt(start) == '[') {
      int close = text.indexOf(']', start);
      return close < 0 ? start : close + 1;
    }
    int end = start;
    while (end < text.length() && isDomainCharacter(text.charAt(end))) {
      end++;
    }
    // A full stop that ends the sentence is not part of the domain.
    while (end > start && (text.charAt(end - 1) == '.' || text.charAt(end - 1) == '-')) {
      end--;
    }
    return end;
  }

  private static boolean isDomain(String text, int start, int end) {
    String domain = text.substring(start, end);
    return domain.startsWith("[")
        || domain.indexOf('.') > 0
        || domain.equalsIgnoreCase("localhost")
        || domain.chars().anyMatch(c -> c > 0x7f);
  }

  /** RFC 5322's atext and dot, RFC 6531's characters beyond ASCII, and a stray {@code @}. */
  private static boolean isLocalCharacter(char c) {
    return c > 0x7f || Character.isLetterOrDigit(c) || ".@!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
  }

  private static boolean isDomainCharacter(char c) {
    return c > 0x7f || Character.isLetterOrDigit(c) || c == '-' || c == '.';
  }

  private static String mask(String local) {
    int first = local.isEmpty() ? 0 : Character.charCount(local.codePointAt(0));
    // The first character alone would be the whole of a local part that has no second.
    return local.length() > first ? local.substring(0, first) + MASK : MASK;
  }
}

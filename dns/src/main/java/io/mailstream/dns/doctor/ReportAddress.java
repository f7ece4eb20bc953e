package io.mailstream.dns.doctor;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where reports of DMARC go, as rua and ruf name it. */
final class ReportAddress {

  /** A size at its end is RFC 7489's, and ignored by now. */
  private static final Pattern MAILTO =
      Pattern.compile("mailto:[^@\\s,]+@([A-Za-z0-9._-]+)(?:![0-9]+[kmgtKMGT]?)?(?:\\?.*)?");

  private ReportAddress() {}

  /** The domain of a mailto: address. */
  static Optional<String> of(String uri) {
    Matcher mailto = MAILTO.matcher(uri);
    return mailto.matches()
        ? Optional.of(mailto.group(1).toLowerCase(Locale.ROOT))
        : Optional.empty();
  }
}

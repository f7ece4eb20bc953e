package io.mailstream.embedded.ses;

import java.util.Locale;

/** What becomes of a mail to an address, by the rules of the SES mailbox simulator. */
enum MailFate {
  /** Accepted by the recipient's server. */
  DELIVERED,
  /** No such mailbox: a hard bounce. */
  BOUNCED,
  /** Accepted, and answered by an out-of-office note, which SES reports as a transient bounce. */
  OUT_OF_OFFICE,
  /** Accepted, and marked as spam by its reader. */
  COMPLAINED,
  /** On the ESP's own suppression list: reported as a hard bounce, not sent. */
  SUPPRESSED,
  /** The recipient's server puts it off. Not one of Amazon's addresses: delay@. */
  DELAYED,
  /** Found to hold a virus. Amazon's simulator wants an EICAR attachment; here: reject@. */
  REJECTED;

  private static final String SIMULATOR_DOMAIN = "simulator.amazonses.com";

  /**
   * The fate of an address: what is before a {@code +} in its local part decides at the simulator's
   * domain; mail to any other domain is delivered.
   */
  static MailFate of(String address) {
    int at = address.lastIndexOf('@');
    if (at < 0 || !address.substring(at + 1).equalsIgnoreCase(SIMULATOR_DOMAIN)) {
      return DELIVERED;
    }
    String local = address.substring(0, at).toLowerCase(Locale.ROOT);
    int plus = local.indexOf('+');
    return switch (plus < 0 ? local : local.substring(0, plus)) {
      case "bounce" -> BOUNCED;
      case "ooto" -> OUT_OF_OFFICE;
      case "complaint" -> COMPLAINED;
      case "suppressionlist" -> SUPPRESSED;
      case "delay" -> DELAYED;
      case "reject" -> REJECTED;
      default -> DELIVERED;
    };
  }
}

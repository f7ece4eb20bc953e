package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import io.mailstream.dns.MailExchange;
import java.util.List;
import java.util.Locale;

/** Judges the records of the envelope sender's domain that an ESP asks for. */
final class EspCheck {

  private static final String FALLS_BACK =
      "the ESP uses an envelope sender of its own: SPF passes, and does not count for DMARC";

  private EspCheck() {}

  /** Nothing is known of the envelope sender. */
  static List<Finding> withoutMailFrom(Esp esp) {
    Findings findings = new Findings(Check.ESP);
    findings.note(
        "--mail-from is not given: %s then uses an envelope sender of its own"
            .formatted(esp.title()),
        "SPF passes, and does not count for DMARC, which rests on DKIM alone",
        "set up a custom return-path at %s, and give its domain by --mail-from"
            .formatted(esp.title()));
    return findings.all();
  }

  /** Judges the CNAME of the envelope sender's domain, for ESPs that keep it themselves. */
  static List<Finding> returnPath(Esp esp, String mailFrom, String target, Answer<String> alias) {
    Findings findings = new Findings(Check.ESP);
    if (findings.unanswered(mailFrom, alias)) {
      return findings.all();
    }
    List<String> names = alias.values();
    if (names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .anyMatch(name -> name.equals(target) || name.endsWith("." + target))) {
      findings.ok("%s: CNAME %s".formatted(mailFrom, names.getFirst()));
      return findings.all();
    }
    String found =
        names.isEmpty()
            ? "%s is no CNAME".formatted(mailFrom)
            : "%s is a CNAME of %s".formatted(mailFrom, names.getFirst());
    String value = esp == Esp.SENDGRID ? "<the name that SendGrid shows>." + target : target;
    findings.warning(
        "%s; %s wants one of %s".formatted(found, esp.title(), target),
        FALLS_BACK,
        "publish the CNAME that %s shows for the return-path".formatted(esp.title()),
        new Publish(mailFrom, "CNAME", value + "."));
    return findings.all();
  }

  /** Judges the MX of a custom MAIL FROM domain of SES, by which bounces come back to SES. */
  static List<Finding> sesMailFrom(String mailFrom, Answer<MailExchange> answer) {
    Findings findings = new Findings(Check.ESP);
    if (findings.unanswered("the MX of " + mailFrom, answer)) {
      return findings.all();
    }
    List<MailExchange> exchanges = answer.values();
    boolean good =
        exchanges.size() == 1
            && exchanges
                .getFirst()
                .host()
                .toLowerCase(Locale.ROOT)
                .matches("feedback-smtp\\.[a-z0-9-]+\\.amazonses\\.com");
    if (good) {
      findings.ok("%s: MX %s".formatted(mailFrom, exchanges.getFirst().host()));
    } else {
      findings.error(
          "%s has not the one MX that SES wants of a MAIL FROM domain".formatted(mailFrom),
          FALLS_BACK + "; or it refuses the mail, where it is told to",
          "publish this MX with the region that you send from, and no other",
          new Publish(mailFrom, "MX", "10 feedback-smtp.<region>.amazonses.com."));
    }
    return findings.all();
  }
}

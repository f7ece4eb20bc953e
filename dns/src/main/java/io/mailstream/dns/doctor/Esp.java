package io.mailstream.dns.doctor;

import java.util.List;
import java.util.Optional;

/** What the ESPs want to have published, as their documentation says. */
public enum Esp {
  SES("Amazon SES", "amazonses.com", ""),
  SENDGRID("SendGrid", "", "sendgrid.net"),
  MAILGUN("Mailgun", "mailgun.org", ""),
  POSTMARK("Postmark", "", "pm.mtasv.net"),
  MANDRILL("Mandrill", "", "mandrillapp.com");

  private final String title;
  private final String include;
  private final String returnPath;

  Esp(String title, String include, String returnPath) {
    this.title = title;
    this.include = include;
    this.returnPath = returnPath;
  }

  /** Its name for people. */
  public String title() {
    return title;
  }

  /** The selectors that it signs with, as far as they are the same for everybody. */
  List<String> selectors() {
    return switch (this) {
      case SENDGRID -> List.of("s1", "s2");
      case MAILGUN -> List.of("pdk1", "pdk2", "k1", "mx", "smtp", "mailo", "pic", "krs");
      case MANDRILL -> List.of("mte1", "mte2", "mandrill");
      case SES, POSTMARK -> List.of();
    };
  }

  /** Whether all of its selectors must be there, or any of them. */
  boolean needsAll() {
    return this == SENDGRID;
  }

  /** What the SPF record of the envelope sender's domain must include. */
  Optional<String> include() {
    return Optional.of(include).filter(name -> !name.isEmpty());
  }

  /** What the envelope sender's domain must be a CNAME of, or of a name below. */
  Optional<String> returnPath() {
    return Optional.of(returnPath).filter(name -> !name.isEmpty());
  }

  /** Whether the envelope sender is the sending domain itself, unless told otherwise. */
  boolean usesSendingDomain() {
    return this == MAILGUN;
  }

  /** The usual name of the envelope sender's domain. */
  Optional<String> usualMailFrom(String domain) {
    return this == POSTMARK ? Optional.of("pm-bounces." + domain) : Optional.empty();
  }
}

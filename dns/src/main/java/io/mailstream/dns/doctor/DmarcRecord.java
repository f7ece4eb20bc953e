package io.mailstream.dns.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A DMARC record with its defaults (RFC 9989, 4.7; {@code pct} as RFC 7489 had it).
 *
 * @param domain under whose {@code _dmarc} it stands
 * @param text as it is published
 * @param tags its tags
 */
record DmarcRecord(String domain, String text, Tags tags) {

  /** What the owner asks for where mail fails, from mild to strict. */
  enum Policy {
    NONE,
    QUARANTINE,
    REJECT;

    static Optional<Policy> of(String value) {
      return Arrays.stream(values())
          .filter(policy -> policy.name().equalsIgnoreCase(value))
          .findFirst();
    }
  }

  static boolean isDmarc(String text) {
    return Tags.begins(text, "DMARC1");
  }

  static DmarcRecord parse(String domain, String text) {
    return new DmarcRecord(domain, text, Tags.parse(text));
  }

  /** The policy for the domain itself; none also where p= is missing or unknown. */
  Policy policy() {
    return tags.get("p").flatMap(Policy::of).orElse(Policy.NONE);
  }

  /** The policy for subdomains. */
  Policy subdomains() {
    return tags.get("sp").flatMap(Policy::of).orElseGet(this::policy);
  }

  /** The policy as it holds for a domain: the record's own or one below it. */
  Policy policyFor(String name) {
    return name.equals(domain) ? policy() : subdomains();
  }

  boolean isTest() {
    return tags.get("t").filter("y"::equalsIgnoreCase).isPresent();
  }

  /** The percentage of mail that it is for; 100 where it is not given or no number. */
  int percent() {
    return tags.get("pct")
        .filter(value -> value.matches("\\d{1,3}"))
        .map(Integer::parseInt)
        .orElse(100);
  }

  boolean isStrict(String tag) {
    return tags.get(tag).filter("s"::equalsIgnoreCase).isPresent();
  }

  /** The value of psd=: y, n or u. */
  String psd() {
    return tags.get("psd").orElse("u").toLowerCase(Locale.ROOT);
  }

  /** The addresses of a tag of reports. */
  List<String> reports(String tag) {
    return tags.get(tag).stream()
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(String::strip)
        .filter(uri -> !uri.isEmpty())
        .toList();
  }
}

package io.mailstream.dns.doctor;

import io.mailstream.dns.doctor.DmarcRecord.Policy;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Judges the DMARC policy of a domain (RFC 9989; what RFC 7489 had and many still read). */
final class DmarcCheck {

  private static final Set<String> KNOWN =
      Set.of(
          "v", "p", "sp", "np", "adkim", "aspf", "rua", "ruf", "fo", "t", "psd", "pct", "rf", "ri");
  private static final String UNPROTECTED = "who forges this domain is not stopped";

  private final DmarcWalk walk;
  private final String domain;
  private final Findings findings = new Findings(Check.DMARC);

  private DmarcCheck(DmarcWalk walk) {
    this.walk = walk;
    this.domain = walk.domain();
  }

  /** Judges what the walk found. */
  static List<Finding> judge(DmarcWalk walk) {
    DmarcCheck check = new DmarcCheck(walk);
    check.run();
    return check.findings.all();
  }

  private void run() {
    walk.several()
        .forEach(name ->
            findings.error(
                "there is more than one DMARC record under %s".formatted(name),
                "receivers must ignore all of them (RFC 9989, 4.7): " + UNPROTECTED,
                "leave one"));
    Optional<DmarcRecord> effective = walk.effective();
    if (effective.isPresent()) {
      record(effective.get());
      return;
    }
    walk.unanswered().forEach(findings::unknown);
    if (findings.areGood()) {
      findings.error(
          "%s has no DMARC record".formatted(domain),
          UNPROTECTED + ", and Gmail, Yahoo and Microsoft refuse bulk mail without one",
          "begin with a record that only watches, read the reports, and then go on to quarantine"
              + " and reject",
          suggestion("none"));
    }
  }

  private Publish suggestion(String policy) {
    return Publish.text(
        "_dmarc." + walk.organization(),
        "v=DMARC1; p=%s; rua=mailto:dmarc-reports@%s".formatted(policy, walk.organization()));
  }

  private void record(DmarcRecord record) {
    if (!record.domain().equals(domain)) {
      findings.note(
          "%s has no DMARC record of its own; that of %s holds".formatted(domain, record.domain()),
          "it is the policy for subdomains (sp, else p) that counts",
          "");
    }
    form(record);
    policy(record);
    if (record.reports("rua").isEmpty()) {
      findings.warning(
          "the DMARC record of %s asks for no reports: it has no rua=".formatted(record.domain()),
          "you do not see who sends in your name, nor which of your mail fails",
          "add rua=mailto: with an address that somebody reads, or that a service does",
          Publish.text(
              "_dmarc." + record.domain(),
              trimmed(record.text()) + "; rua=mailto:dmarc-reports@" + record.domain()));
    }
    if (findings.areGood()) {
      findings.ok("_dmarc.%s: %s".formatted(record.domain(), record.text()));
    }
  }

  private static String trimmed(String text) {
    return text.strip().replaceFirst("[;\\s]+$", "");
  }

  private void form(DmarcRecord record) {
    Tags tags = record.tags();
    String where = "the DMARC record of %s".formatted(record.domain());
    tags.faults()
        .forEach(fault ->
            findings.error(
                "%s cannot be read: %s".formatted(where, fault),
                "receivers may ignore it: " + UNPROTECTED,
                "correct it: tag=value, parted by semicolons"));
    if (tags.get("p").isEmpty()) {
      findings.warning(
          where + " has no p=",
          "newer receivers take it for p=none, older ones ignore the record",
          "add p= behind v=DMARC1",
          Publish.text(
              "_dmarc." + record.domain(),
              trimmed(record.text()).replaceFirst("(?i)DMARC1", "DMARC1; p=none")));
    }
    for (String tag : List.of("p", "sp", "np")) {
      tags.get(tag)
          .filter(value -> Policy.of(value).isEmpty())
          .ifPresent(value ->
              findings.error(
                  "%s says %s=%s".formatted(where, tag, value),
                  "receivers take what they do not know for none: " + UNPROTECTED,
                  "say none, quarantine or reject"));
    }
    for (String tag : List.of("adkim", "aspf")) {
      tags.get(tag)
          .filter(value -> !value.equalsIgnoreCase("r") && !value.equalsIgnoreCase("s"))
          .ifPresent(value ->
              findings.error(
                  "%s says %s=%s".formatted(where, tag, value),
                  "receivers may ignore the tag or the record",
                  "say r (relaxed) or s (strict), or leave it out"));
    }
    for (String tag : List.of("rua", "ruf")) {
      record.reports(tag).stream()
          .filter(uri -> ReportAddress.of(uri).isEmpty())
          .forEach(uri ->
              findings.error(
                  "%s says %s=%s".formatted(where, tag, uri),
                  "reports go to mailto: addresses only; there will be none",
                  "write %s=mailto:name@domain".formatted(tag)));
    }
    List<String> unknown = tags.unknown(KNOWN);
    if (!unknown.isEmpty()) {
      findings.warning(
          "%s has unknown tags: %s".formatted(where, String.join(", ", unknown)),
          "receivers ignore them, so what was meant does not happen",
          "correct or remove them");
    }
  }

  private void policy(DmarcRecord record) {
    String where = "the DMARC record of %s".formatted(record.domain());
    Policy policy = record.policyFor(domain);
    if (policy == Policy.NONE && record.tags().get("p").flatMap(Policy::of).isPresent()) {
      findings.warning(
          "%s only watches: %s=none"
              .formatted(where, record.domain().equals(domain) || isInherited(record) ? "p" : "sp"),
          UNPROTECTED,
          "once the reports show that your own mail passes, say p=quarantine, then p=reject",
          Publish.text(
              "_dmarc." + record.domain(),
              record.text().replaceFirst("(?i)(\\bs?p\\s*=\\s*)none", "$1quarantine")));
    }
    if (record.domain().equals(domain) && record.subdomains().compareTo(record.policy()) < 0) {
      findings.warning(
          "%s is milder for subdomains: sp=%s".formatted(where, record.tags().get("sp").orElse("")),
          "a forger takes a subdomain, which need not even exist",
          "take sp= out, and give subdomains that need it a record of their own");
    }
    if (record.isTest()) {
      findings.warning(
          where + " is in test mode: t=y",
          "receivers apply a policy one step milder than is asked for",
          "take t=y out once the reports look well");
    }
    if (record.percent() < 100) {
      findings.warning(
          "%s holds for %d %% of mail: pct=%d".formatted(where, record.percent(), record.percent()),
          "the rest goes by a milder policy at older receivers; newer ones ignore pct (RFC 9989)",
          "take pct= out");
    }
  }

  private static boolean isInherited(DmarcRecord record) {
    return record.tags().get("sp").isEmpty();
  }
}

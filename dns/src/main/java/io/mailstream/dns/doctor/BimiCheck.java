package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import io.mailstream.dns.doctor.DmarcRecord.Policy;
import java.util.List;
import java.util.Optional;

/** Judges BIMI: the logo beside the mail (draft-brand-indicators-for-message-identification). */
final class BimiCheck {

  private BimiCheck() {}

  static String name(String domain) {
    return "default._bimi." + domain;
  }

  static List<Finding> judge(String domain, Answer<String> answer, DmarcWalk dmarc) {
    Findings findings = new Findings(Check.BIMI);
    String name = name(domain);
    if (findings.unanswered(name, answer)) {
      return findings.all();
    }
    List<String> records =
        answer.values().stream().filter(text -> Tags.begins(text, "BIMI1")).toList();
    if (records.isEmpty()) {
      findings.note(
          "%s has no BIMI".formatted(domain),
          "mailbox providers show no logo beside its mail; nothing else depends on it",
          "");
    } else if (records.size() > 1) {
      findings.error(
          "there are %d BIMI records under %s".formatted(records.size(), name),
          "none of them is used",
          "leave one");
    } else {
      record(findings, name, Tags.parse(records.getFirst()), domain, dmarc);
    }
    return findings.all();
  }

  private static void record(
      Findings findings, String name, Tags tags, String domain, DmarcWalk dmarc) {
    String logo = tags.get("l").orElse("");
    String certificate = tags.get("a").orElse("");
    if (logo.isEmpty() && certificate.isEmpty()) {
      findings.note(
          "the record under %s says that there is no logo".formatted(name), "no logo is shown", "");
      return;
    }
    if (!isHttps(logo, ".svg")) {
      findings.error(
          "l=%s of %s is no https address of an SVG file".formatted(logo, name),
          "no logo is shown",
          "name an SVG file (SVG Tiny PS) that is served by HTTPS");
    }
    if (certificate.isEmpty()) {
      findings.warning(
          "the record under %s names no certificate: it has no a=".formatted(name),
          "Gmail and Apple show a logo with a mark certificate (VMC or CMC) only",
          "have a certificate issued, and name its PEM file in a=");
    } else if (!isHttps(certificate, ".pem")) {
      findings.error(
          "a=%s of %s is no https address of a PEM file".formatted(certificate, name),
          "no logo is shown",
          "name the PEM file of the mark certificate, served by HTTPS");
    }
    policy(findings, domain, dmarc.effective());
    if (findings.areGood()) {
      findings.ok("%s: %s".formatted(name, logo));
    }
  }

  private static boolean isHttps(String uri, String ending) {
    return uri.startsWith("https://") && uri.endsWith(ending);
  }

  private static void policy(Findings findings, String domain, Optional<DmarcRecord> record) {
    boolean enforced =
        record
            .filter(dmarc -> dmarc.policyFor(domain) != Policy.NONE)
            .filter(dmarc -> dmarc.subdomains() != Policy.NONE)
            .filter(dmarc -> dmarc.percent() == 100 && !dmarc.isTest())
            .isPresent();
    if (!enforced) {
      findings.error(
          "there is a logo, and DMARC is not enforced for %s".formatted(domain),
          "no logo is shown unless p and sp are quarantine or reject, for all mail",
          "bring DMARC to quarantine or reject first");
    }
  }
}

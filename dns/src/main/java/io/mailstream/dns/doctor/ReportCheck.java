package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import java.util.List;

/** Judges whether a domain elsewhere takes reports for another (RFC 9990, 4). */
final class ReportCheck {

  private ReportCheck() {}

  /** The name under which the other domain says that it does. */
  static String name(String policyDomain, String destination) {
    return policyDomain + "._report._dmarc." + destination;
  }

  static List<Finding> judge(String policyDomain, String destination, Answer<String> answer) {
    Findings findings = new Findings(Check.DMARC);
    String name = name(policyDomain, destination);
    if (!findings.unanswered(name, answer)
        && answer.values().stream().noneMatch(DmarcRecord::isDmarc)) {
      findings.error(
          "%s has not said that it takes the DMARC reports of %s"
              .formatted(destination, policyDomain),
          "receivers send no reports to a domain elsewhere that does not ask for them",
          "have %s publish this, or send the reports to an address of your own"
              .formatted(destination),
          Publish.text(name, "v=DMARC1"));
    }
    return findings.all();
  }
}

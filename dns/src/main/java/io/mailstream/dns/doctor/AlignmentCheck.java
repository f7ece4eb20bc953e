package io.mailstream.dns.doctor;

import java.util.List;

/**
 * Judges whether a domain that authenticates stands for the domain in From (RFC 9989, 4.4): the
 * same one, or where the policy is relaxed one of the same organization.
 */
final class AlignmentCheck {

  private AlignmentCheck() {}

  /**
   * Judges.
   *
   * @param by SPF or DKIM
   * @param tag the tag of the policy that can make it strict
   * @param from what the walk from the domain in From found
   * @param other what the walk from the domain that authenticates found
   */
  static List<Finding> judge(String by, String tag, DmarcWalk from, DmarcWalk other) {
    Findings findings = new Findings(Check.ALIGNMENT);
    boolean strict = from.effective().filter(record -> record.isStrict(tag)).isPresent();
    boolean same = from.domain().equals(other.domain());
    boolean related = from.organization().equals(other.organization());
    String both = "%s: %s, From: %s".formatted(by, other.domain(), from.domain());
    if (same || (related && !strict)) {
      findings.ok("%s: aligned".formatted(both));
    } else if (related) {
      findings.error(
          "%s: not the same domain, and the DMARC record says %s=s".formatted(both, tag),
          "%s does not count for DMARC".formatted(by),
          "say %s=r, or use %s itself".formatted(tag, from.domain()));
    } else {
      findings.error(
          "%s: not of one organization".formatted(both),
          "%s does not count for DMARC: mail passes only if the other one is aligned".formatted(by),
          "set up a domain at or below %s for it at your ESP (its custom return-path or signing"
                  .formatted(from.organization())
              + " domain)");
    }
    return findings.all();
  }
}

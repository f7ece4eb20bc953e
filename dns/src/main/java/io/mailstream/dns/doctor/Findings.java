package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import java.util.ArrayList;
import java.util.List;

/** The findings of one check, as they come up. */
final class Findings {

  private final Check check;
  private final List<Finding> all = new ArrayList<>();

  Findings(Check check) {
    this.check = check;
  }

  void ok(String found) {
    add(Severity.OK, found, "", "");
  }

  void note(String found, String why, String fix, Publish... publish) {
    add(Severity.NOTE, found, why, fix, publish);
  }

  void warning(String found, String why, String fix, Publish... publish) {
    add(Severity.WARNING, found, why, fix, publish);
  }

  void error(String found, String why, String fix, Publish... publish) {
    add(Severity.ERROR, found, why, fix, publish);
  }

  /** Tells of a question that the DNS did not answer; false: it did. */
  boolean unanswered(String name, Answer<?> answer) {
    if (answer instanceof Answer.Failed<?>(String why)) {
      unknown("%s could not be looked up: %s".formatted(name, why));
      return true;
    }
    return false;
  }

  void unknown(String found) {
    add(
        Severity.UNKNOWN,
        found,
        "a receiver that cannot look it up either defers the mail or takes it as not authenticated",
        "try again; if it stays so, look at the DNS server that is asked (--resolver names"
            + " another), then at the name servers of the domain and its DNSSEC");
  }

  private void add(Severity severity, String found, String why, String fix, Publish... publish) {
    all.add(new Finding(check, severity, found, why, fix, List.of(publish)));
  }

  /** Whether nothing bad was found by now. */
  boolean areGood() {
    return all.stream().allMatch(finding -> finding.severity().compareTo(Severity.NOTE) <= 0);
  }

  List<Finding> all() {
    return List.copyOf(all);
  }
}

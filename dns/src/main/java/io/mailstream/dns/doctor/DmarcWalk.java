package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import io.mailstream.dns.Dns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the DNS says by DMARC of a domain and those above it: the tree walk of RFC 9989, 4.10, which
 * needs no list of public suffixes.
 *
 * @param domain where it began
 * @param records the records on the way up, at most one a domain
 * @param several the names that have more than one record, which are as good as none
 * @param unanswered the names that could not be looked up
 */
record DmarcWalk(
    String domain, List<DmarcRecord> records, List<String> several, List<String> unanswered) {

  /** From how many labels on the walk leaves some out, and how many it then goes on with. */
  private static final int LONG = 8;

  /** Walks; waits for the DNS. */
  static DmarcWalk up(Dns dns, String domain) {
    List<DmarcRecord> records = new ArrayList<>();
    List<String> several = new ArrayList<>();
    List<String> unanswered = new ArrayList<>();
    for (String at : steps(domain)) {
      Answer<String> answer = dns.text("_dmarc." + at).join();
      if (answer instanceof Answer.Failed<String>(String why)) {
        unanswered.add("_dmarc.%s could not be looked up: %s".formatted(at, why));
      }
      List<String> found = answer.values().stream().filter(DmarcRecord::isDmarc).toList();
      if (found.size() > 1) {
        several.add("_dmarc." + at);
      } else if (found.size() == 1) {
        DmarcRecord record = DmarcRecord.parse(at, found.getFirst());
        records.add(record);
        if (record.psd().equals("n") || (record.psd().equals("y") && !at.equals(domain))) {
          break;
        }
      }
    }
    return new DmarcWalk(domain, records, several, unanswered);
  }

  /** The domains that are asked: itself and those above, eight at most. */
  static List<String> steps(String domain) {
    List<String> labels = Arrays.asList(domain.split("\\."));
    List<String> steps = new ArrayList<>();
    steps.add(domain);
    int from = labels.size() > LONG ? labels.size() - (LONG - 1) : 1;
    for (; from < labels.size(); from++) {
      steps.add(String.join(".", labels.subList(from, labels.size())));
    }
    return steps;
  }

  /** The organizational domain. */
  String organization() {
    for (DmarcRecord record : records) {
      if (record.psd().equals("n")) {
        return record.domain();
      }
      if (record.psd().equals("y") && !record.domain().equals(domain)) {
        return below(record.domain());
      }
    }
    // The one with the fewest labels is the last on the way up.
    return records.isEmpty() ? domain : records.getLast().domain();
  }

  /** The domain one label below another, on the way to where the walk began. */
  private String below(String parent) {
    String rest = domain.substring(0, domain.length() - parent.length() - 1);
    return rest.substring(rest.lastIndexOf('.') + 1) + "." + parent;
  }

  /** The record that holds for the domain: its own, else that of its organization or above. */
  Optional<DmarcRecord> effective() {
    Optional<DmarcRecord> own = at(domain);
    return own.or(() -> at(organization())).or(() -> records.stream().findFirst());
  }

  private Optional<DmarcRecord> at(String name) {
    return records.stream().filter(record -> record.domain().equals(name)).findFirst();
  }
}

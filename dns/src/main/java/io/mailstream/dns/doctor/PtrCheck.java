package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** Judges the name of a relay's address: it must lead back to the address. */
final class PtrCheck {

  private PtrCheck() {}

  /**
   * Judges.
   *
   * @param names the PTR records of the address
   * @param addresses what each of the names leads to
   */
  static List<Finding> judge(
      InetAddress relay, Answer<String> names, Map<String, Answer<InetAddress>> addresses) {
    Findings findings = new Findings(Check.PTR);
    String ip = relay.getHostAddress();
    if (findings.unanswered("the name of the relay " + ip, names)) {
      return findings.all();
    }
    if (names.values().isEmpty()) {
      findings.error(
          "the relay %s has no name (PTR)".formatted(ip),
          "Gmail and others refuse mail from an address without one",
          "have who gives you the address set its PTR to the name by which the relay says HELO");
      return findings.all();
    }
    List<String> confirmed =
        names.values().stream()
            .filter(name -> addresses.get(name).values().contains(relay))
            .toList();
    boolean asked = addresses.values().stream().noneMatch(Answer.Failed.class::isInstance);
    if (confirmed.isEmpty() && !asked) {
      addresses.forEach((name, answer) -> findings.unanswered("the addresses of " + name, answer));
    } else if (confirmed.isEmpty()) {
      String name = names.values().getFirst();
      findings.error(
          "the relay %s is called %s, which does not lead back to it".formatted(ip, name),
          "anybody can call an address anything: receivers take it as having no name",
          "give the name this record, or have the PTR changed",
          new Publish(name, ip.contains(":") ? "AAAA" : "A", ip));
    } else if (looksGeneric(confirmed.getFirst(), ip)) {
      findings.warning(
          "the relay %s is called %s".formatted(ip, confirmed.getFirst()),
          "it looks like an address that was handed to a customer, which many receivers refuse",
          "have the PTR set to a name of your own domain, and give that name the address");
    } else {
      findings.ok("%s: %s, and back".formatted(ip, confirmed.getFirst()));
    }
    return findings.all();
  }

  /** Whether a name has the numbers of an IPv4 address in it. */
  private static boolean looksGeneric(String name, String ip) {
    String[] parts = ip.split("\\.");
    if (parts.length != 4) {
      return false;
    }
    String forwards = String.join("[.-]", parts);
    String backwards = String.join("[.-]", parts[3], parts[2], parts[1], parts[0]);
    return name.matches("(?:.*[^0-9])?(?:%s|%s)(?:[^0-9].*)?".formatted(forwards, backwards));
  }
}

package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import io.mailstream.dns.MailExchange;
import io.mailstream.dns.spf.CidrRange;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;

/** Judges where mail to a domain goes: answers and bounces (RFC 5321, 5.1; RFC 7505). */
final class MxCheck {

  private static final String NO_ANSWERS =
      "answers and bounces come back to nobody, and receivers refuse mail from a domain that takes"
          + " none";

  /**
   * What was found of a host that an MX record names.
   *
   * @param exchange the record
   * @param alias its CNAME, which it must not have
   * @param addresses its addresses
   */
  record Host(MailExchange exchange, Answer<String> alias, Answer<InetAddress> addresses) {}

  private final String domain;
  private final Findings findings = new Findings(Check.MX);

  private MxCheck(String domain) {
    this.domain = domain;
  }

  /**
   * Judges.
   *
   * @param own the addresses of the domain itself, which stand in where there is no MX
   */
  static List<Finding> judge(
      String domain, Answer<MailExchange> answer, List<Host> hosts, Answer<InetAddress> own) {
    MxCheck check = new MxCheck(domain);
    check.run(answer, hosts, own);
    return check.findings.all();
  }

  private void run(Answer<MailExchange> answer, List<Host> hosts, Answer<InetAddress> own) {
    if (findings.unanswered("the MX of " + domain, answer)) {
      return;
    }
    List<MailExchange> exchanges = answer.values();
    if (exchanges.isEmpty()) {
      none(own);
    } else if (exchanges.stream().anyMatch(MailExchange::isNull)) {
      nullMx(exchanges);
    } else {
      hosts.forEach(this::host);
      if (findings.areGood()) {
        findings.ok(
            "%s: %s"
                .formatted(
                    domain, hosts.stream().map(MxCheck::shown).collect(Collectors.joining(", "))));
      }
    }
  }

  private static String shown(Host host) {
    return host.exchange().preference() + " " + host.exchange().host();
  }

  private void none(Answer<InetAddress> own) {
    if (findings.unanswered("the addresses of " + domain, own)) {
      return;
    }
    Publish mx =
        new Publish(domain, "MX", "10 <the host that takes mail for %s>".formatted(domain));
    if (own.values().isEmpty()) {
      findings.error(
          "%s has neither MX nor address".formatted(domain),
          NO_ANSWERS,
          "publish an MX; a subdomain that only sends can have that of your main domain",
          mx);
    } else {
      findings.warning(
          "%s has no MX; its address stands in".formatted(domain),
          "it works only if that host takes mail, and some receivers hold it against the domain",
          "publish an MX",
          mx);
    }
  }

  private void nullMx(List<MailExchange> exchanges) {
    if (exchanges.size() > 1) {
      findings.error(
          "%s has a null MX (0 .) beside others".formatted(domain),
          "a null MX must stand alone (RFC 7505, 3): what senders do with it differs",
          "take the null MX out, or all others");
      return;
    }
    findings.error(
        "%s takes no mail: its MX is null (0 .)".formatted(domain),
        NO_ANSWERS + " (RFC 7505, 4.2)",
        "publish an MX where mail is taken, or send from a domain that has one",
        new Publish(domain, "MX", "10 <the host that takes mail for %s>".formatted(domain)));
  }

  private void host(Host host) {
    String name = host.exchange().host();
    if (CidrRange.v4(name).isPresent()) {
      findings.error(
          "the MX of %s is an address: %s".formatted(domain, name),
          "an MX must be a name; many servers send nothing there",
          "give the host a name with an A record, and name that");
    } else if (host.alias() instanceof Answer.Records<String>(List<String> targets)) {
      findings.warning(
          "the MX host %s is a CNAME of %s".formatted(name, targets.getFirst()),
          "an MX must not lead to a CNAME (RFC 2181, 10.3); some servers send nothing there",
          "name the host that it leads to",
          new Publish(domain, "MX", host.exchange().preference() + " " + targets.getFirst() + "."));
    } else if (host.addresses().isVoid()) {
      findings.error(
          "the MX host %s has no address".formatted(name),
          "mail that is tried there waits or bounces",
          "give it an A or AAAA record, or take this MX out");
    } else {
      findings.unanswered("the addresses of the MX host " + name, host.addresses());
    }
  }
}

package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import io.mailstream.dns.MailExchange;
import io.mailstream.dns.doctor.PolicyFetcher.Result;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/** Judges MTA-STS: that mail to the domain travels encrypted to the right host (RFC 8461). */
final class MtaStsCheck {

  private static final Set<String> MODES = Set.of("enforce", "testing", "none");
  private static final long DAY = 86_400;
  private static final long YEAR = 31_557_600;
  private static final String NOT_USED = "senders go on as if there were no MTA-STS";

  private final String domain;
  private final Findings findings = new Findings(Check.MTA_STS);

  private MtaStsCheck(String domain) {
    this.domain = domain;
  }

  static URI policyUri(String domain) {
    return URI.create("https://mta-sts.%s/.well-known/mta-sts.txt".formatted(domain));
  }

  /**
   * Judges.
   *
   * @param policy fetches the policy, where there is a record that announces it
   */
  static List<Finding> judge(
      String domain,
      Answer<String> record,
      Supplier<Result> policy,
      Answer<MailExchange> exchanges) {
    MtaStsCheck check = new MtaStsCheck(domain);
    if (check.record(record)) {
      check.fetched(policy.get(), exchanges.values());
    }
    return check.findings.all();
  }

  private boolean record(Answer<String> answer) {
    String name = "_mta-sts." + domain;
    if (findings.unanswered(name, answer)) {
      return false;
    }
    List<String> records =
        answer.values().stream().filter(text -> Tags.begins(text, "STSv1")).toList();
    if (records.isEmpty()) {
      findings.note(
          "%s has no MTA-STS".formatted(domain),
          "who sits between the servers can keep mail to %s from being encrypted".formatted(domain),
          "publish a policy at %s and this record (mode: testing first)"
              .formatted(policyUri(domain)),
          Publish.text(name, "v=STSv1; id=1"));
      return false;
    }
    if (records.size() > 1) {
      findings.error(
          "there are %d MTA-STS records under %s".formatted(records.size(), name),
          NOT_USED,
          "leave one");
      return false;
    }
    Tags tags = Tags.parse(records.getFirst());
    if (!tags.get("id").orElse("").matches("[A-Za-z0-9]{1,32}")) {
      findings.error(
          "the record under %s has no id of letters and digits".formatted(name),
          NOT_USED,
          "give it an id, and another one with each change of the policy",
          Publish.text(name, "v=STSv1; id=1"));
    }
    return true;
  }

  private void fetched(Result result, List<MailExchange> exchanges) {
    switch (result) {
      case Result.Failed(String why) ->
          findings.error(
              "the policy at %s cannot be had: %s".formatted(policyUri(domain), why),
              NOT_USED,
              "serve it there by HTTPS, with a certificate for mta-sts.%s".formatted(domain));
      case Result.File(String contentType, String text) -> {
        if (!contentType.toLowerCase(Locale.ROOT).startsWith("text/plain")) {
          findings.warning(
              "the policy is served as '%s'".formatted(contentType),
              "it should be text/plain (RFC 8461, 3.2); some senders ignore another",
              "serve it as text/plain");
        }
        policy(MtaStsPolicy.parse(text), exchanges);
      }
    }
  }

  private void policy(MtaStsPolicy policy, List<MailExchange> exchanges) {
    String mode = policy.value("mode");
    String age = policy.value("max_age");
    policy
        .faults()
        .forEach(fault ->
            findings.error("the policy cannot be read: " + fault, NOT_USED, "correct the line"));
    if (!policy.value("version").equals("STSv1")) {
      findings.error("the policy does not say version: STSv1", NOT_USED, "add that line");
    }
    if (!MODES.contains(mode)) {
      findings.error(
          "the policy says mode: %s".formatted(mode), NOT_USED, "say enforce, testing or none");
    }
    if (!age.matches("\\d{1,10}") || Long.parseLong(age) > YEAR) {
      findings.error(
          "the policy says max_age: %s".formatted(age),
          NOT_USED,
          "give seconds, up to %d; 604800 is a week".formatted(YEAR));
    } else if (Long.parseLong(age) < DAY && mode.equals("enforce")) {
      findings.warning(
          "the policy is kept for %s seconds only".formatted(age),
          "who can suppress it for so long can keep mail from being encrypted",
          "say max_age: 604800 or more");
    }
    if (mode.equals("none")) {
      findings.note("the policy says mode: none", NOT_USED, "");
    } else {
      hosts(policy, mode, exchanges);
    }
    if (mode.equals("testing")) {
      findings.note(
          "the policy says mode: testing",
          "failures are reported, and mail goes all the same",
          "say mode: enforce once the TLS reports look well");
    }
    if (findings.areGood() && mode.equals("enforce")) {
      findings.ok("mode enforce, for %s".formatted(policy.patterns()));
    }
  }

  private void hosts(MtaStsPolicy policy, String mode, List<MailExchange> exchanges) {
    if (policy.patterns().isEmpty()) {
      findings.error("the policy names no mx", NOT_USED, "add an mx: line for each MX host");
      return;
    }
    exchanges.stream()
        .filter(mx -> !mx.isNull() && !policy.allows(mx.host()))
        .forEach(mx -> {
          String found = "the MX host %s is not in the policy".formatted(mx.host());
          String fix = "add the line mx: %s, and change the id of the record".formatted(mx.host());
          if (mode.equals("enforce")) {
            findings.error(found, "senders that know MTA-STS deliver nothing there", fix);
          } else {
            findings.warning(found, "nothing would be delivered there with mode: enforce", fix);
          }
        });
  }
}

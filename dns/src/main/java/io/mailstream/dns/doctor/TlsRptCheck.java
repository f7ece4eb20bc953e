package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import java.util.Arrays;
import java.util.List;

/** Judges TLS-RPT: reports on mail to the domain that could not be encrypted (RFC 8460). */
final class TlsRptCheck {

  private TlsRptCheck() {}

  static String name(String domain) {
    return "_smtp._tls." + domain;
  }

  static List<Finding> judge(String domain, Answer<String> answer) {
    Findings findings = new Findings(Check.TLS_RPT);
    String name = name(domain);
    if (findings.unanswered(name, answer)) {
      return findings.all();
    }
    Publish advice = Publish.text(name, "v=TLSRPTv1; rua=mailto:tls-reports@" + domain);
    List<String> records =
        answer.values().stream().filter(text -> Tags.begins(text, "TLSRPTv1")).toList();
    if (records.isEmpty()) {
      findings.note(
          "%s asks for no TLS reports".formatted(domain),
          "you do not hear of mail to you that could not be encrypted",
          "publish where reports shall go",
          advice);
    } else if (records.size() > 1) {
      findings.error(
          "there are %d records under %s".formatted(records.size(), name),
          "senders ignore all of them (RFC 8460, 3)",
          "leave one");
    } else {
      record(findings, name, records.getFirst(), advice);
    }
    return findings.all();
  }

  private static void record(Findings findings, String name, String text, Publish advice) {
    List<String> uris =
        Tags.parse(text).get("rua").stream()
            .flatMap(value -> Arrays.stream(value.split(",")))
            .map(String::strip)
            .toList();
    boolean good =
        !uris.isEmpty()
            && uris.stream().allMatch(uri -> uri.matches("mailto:[^@\\s]+@[^@\\s]+|https://\\S+"));
    if (good) {
      findings.ok("%s: %s".formatted(name, text));
    } else {
      findings.error(
          "the record under %s names no place for reports: %s".formatted(name, text),
          "there will be none",
          "write rua=mailto:name@domain or rua=https://…",
          advice);
    }
  }
}

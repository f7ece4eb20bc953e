package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import io.mailstream.dns.Dns;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Looks for DKIM keys where nobody says which selectors there are: the DNS cannot list them. */
final class Selectors {

  private static final List<String> COMMON =
      List.of(
          "default",
          "dkim",
          "mail",
          "smtp",
          "email",
          "s1",
          "s2",
          "k1",
          "k2",
          "k3",
          "pm",
          "mx",
          "google",
          "selector1",
          "selector2",
          "pdk1",
          "pdk2",
          "mte1",
          "mte2",
          "mandrill");

  private Selectors() {}

  /** The usual selectors that there are keys for; empty: none. */
  static Optional<List<String>> found(Dns dns, Examination what) {
    Map<String, CompletableFuture<Answer<String>>> asked =
        candidates(what).stream()
            .collect(
                Collectors.toMap(
                    selector -> selector,
                    selector -> dns.text(DkimCheck.name(selector, what.dkimDomain()))));
    List<String> found =
        candidates(what).stream()
            .filter(selector ->
                asked.get(selector).join().values().stream().anyMatch(text -> text.contains("p=")))
            .toList();
    return Optional.of(found).filter(selectors -> !selectors.isEmpty());
  }

  private static List<String> candidates(Examination what) {
    return what.esp().map(Esp::selectors).filter(own -> !own.isEmpty()).orElse(COMMON);
  }

  static List<Finding> noneFound(Examination what) {
    Findings findings = new Findings(Check.DKIM);
    findings.warning(
        "no DKIM key was found for %s under the usual selectors (%s)"
            .formatted(what.dkimDomain(), String.join(", ", candidates(what))),
        "without DKIM, mail that is forwarded fails DMARC, and Gmail and Yahoo refuse bulk mail",
        "give the selector that mail is signed with (--selector): s= in the DKIM-Signature of a"
            + " mail, or what stands before ._domainkey at "
            + what.esp().map(Esp::title).orElse("your ESP"));
    return findings.all();
  }
}

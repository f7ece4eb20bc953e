package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import io.mailstream.dns.Dns;
import io.mailstream.dns.MailExchange;
import io.mailstream.dns.spf.SpfWalk;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Examines a sending domain: looks up what each check needs, all at once, and tells what they find.
 */
public final class Doctor {

  private final Dns dns;
  private final PolicyFetcher policies;

  /** A doctor who asks {@code dns}, and fetches the policies of MTA-STS by {@code policies}. */
  public Doctor(Dns dns, PolicyFetcher policies) {
    this.dns = dns;
    this.policies = policies;
  }

  /** Examines; waits for the DNS. The findings come in the order of {@link Check}. */
  public List<Finding> examine(Examination what) {
    List<Finding> first = domain(what.domain());
    if (!first.isEmpty()) {
      return first;
    }
    List<Supplier<List<Finding>>> checks =
        List.of(
            () -> spf(what),
            () -> dkim(what),
            () -> dmarc(what.domain()),
            () -> alignment(what),
            () -> mx(what.domain()),
            () -> mtaSts(what.domain()),
            () -> TlsRptCheck.judge(what.domain(), text(TlsRptCheck.name(what.domain()))),
            () ->
                BimiCheck.judge(
                    what.domain(),
                    text(BimiCheck.name(what.domain())),
                    DmarcWalk.up(dns, what.domain())),
            () -> what.relays().stream().flatMap(relay -> ptr(relay).stream()).toList(),
            () -> esp(what));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return checks.stream()
          .map(check -> CompletableFuture.supplyAsync(check, threads))
          .toList()
          .stream()
          .flatMap(findings -> findings.join().stream())
          .toList();
    }
  }

  private Answer<String> text(String name) {
    return dns.text(name).join();
  }

  /** Where there is no domain, or nobody answers for it, nothing else is worth looking at. */
  private List<Finding> domain(String domain) {
    Findings findings = new Findings(Check.DOMAIN);
    CompletableFuture<Answer<MailExchange>> exchanges = dns.mailExchanges(domain);
    Answer<String> text = text(domain);
    if (text instanceof Answer.NoName) {
      findings.error(
          "there is no domain %s".formatted(domain),
          "receivers refuse mail from a domain that does not exist",
          "look for a slip in the name, and see that the domain is registered and delegated");
    } else if (exchanges.join() instanceof Answer.Failed) {
      findings.unanswered(domain, text);
    }
    return findings.all();
  }

  private List<Finding> spf(Examination what) {
    return SpfCheck.judge(
        what.spfDomain(),
        SpfWalk.follow(dns, what.spfDomain()),
        what.spfInclude(),
        what.isSpfDomainUsed(),
        what.relays());
  }

  private List<Finding> dkim(Examination what) {
    Set<String> wanted = new LinkedHashSet<>(what.selectors());
    what.esp().filter(Esp::needsAll).ifPresent(esp -> wanted.addAll(esp.selectors()));
    if (!wanted.isEmpty()) {
      return wanted.stream().flatMap(selector -> key(what, selector).stream()).toList();
    }
    return Selectors.found(dns, what)
        .map(selectors ->
            selectors.stream().flatMap(selector -> key(what, selector).stream()).toList())
        .orElseGet(() -> Selectors.noneFound(what));
  }

  private List<Finding> key(Examination what, String selector) {
    String name = DkimCheck.name(selector, what.dkimDomain());
    CompletableFuture<Answer<String>> alias = dns.alias(name);
    return DkimCheck.judge(name, text(name), alias.join());
  }

  private List<Finding> dmarc(String domain) {
    DmarcWalk walk = DmarcWalk.up(dns, domain);
    List<Finding> findings = new ArrayList<>(DmarcCheck.judge(walk));
    walk.effective()
        .ifPresent(record ->
            destinations(record).stream()
                .filter(to ->
                    !DmarcWalk.up(dns, to)
                        .organization()
                        .equals(DmarcWalk.up(dns, record.domain()).organization()))
                .forEach(to ->
                    findings.addAll(
                        ReportCheck.judge(
                            record.domain(), to, text(ReportCheck.name(record.domain(), to))))));
    return findings;
  }

  private static Set<String> destinations(DmarcRecord record) {
    Set<String> domains = new LinkedHashSet<>();
    for (String tag : List.of("rua", "ruf")) {
      record.reports(tag).forEach(uri -> ReportAddress.of(uri).ifPresent(domains::add));
    }
    return domains;
  }

  private List<Finding> alignment(Examination what) {
    DmarcWalk from = DmarcWalk.up(dns, what.domain());
    List<Finding> findings = new ArrayList<>();
    if (what.isSpfDomainUsed()) {
      findings.addAll(
          AlignmentCheck.judge("SPF", "aspf", from, DmarcWalk.up(dns, what.spfDomain())));
    }
    findings.addAll(
        AlignmentCheck.judge("DKIM", "adkim", from, DmarcWalk.up(dns, what.dkimDomain())));
    return findings;
  }

  private List<Finding> mx(String domain) {
    Answer<MailExchange> exchanges = dns.mailExchanges(domain).join();
    List<MxCheck.Host> hosts =
        exchanges.values().stream()
            .filter(mx -> !mx.isNull())
            .map(mx ->
                new MxCheck.Host(mx, dns.alias(mx.host()).join(), dns.addresses(mx.host()).join()))
            .toList();
    return MxCheck.judge(domain, exchanges, hosts, dns.addresses(domain).join());
  }

  private List<Finding> mtaSts(String domain) {
    return MtaStsCheck.judge(
        domain, text("_mta-sts." + domain), () -> policy(domain), dns.mailExchanges(domain).join());
  }

  private PolicyFetcher.Result policy(String domain) {
    String host = MtaStsCheck.policyUri(domain).getHost();
    return dns.addresses(host).join().isVoid()
        ? new PolicyFetcher.Result.Failed("%s has no address".formatted(host))
        : policies.fetch(MtaStsCheck.policyUri(domain));
  }

  private List<Finding> ptr(InetAddress relay) {
    Answer<String> names = dns.names(relay).join();
    Map<String, Answer<InetAddress>> addresses = new LinkedHashMap<>();
    names.values().forEach(name -> addresses.put(name, dns.addresses(name).join()));
    return PtrCheck.judge(relay, names, addresses);
  }

  private List<Finding> esp(Examination what) {
    if (what.esp().isEmpty()) {
      return List.of();
    }
    Esp esp = what.esp().get();
    String mailFrom = what.mailFrom().or(() -> esp.usualMailFrom(what.domain())).orElse("");
    if (mailFrom.isEmpty()) {
      return esp.usesSendingDomain() ? List.of() : EspCheck.withoutMailFrom(esp);
    }
    if (esp == Esp.SES) {
      return EspCheck.sesMailFrom(mailFrom, dns.mailExchanges(mailFrom).join());
    }
    return esp.returnPath()
        .map(target -> EspCheck.returnPath(esp, mailFrom, target, dns.alias(mailFrom).join()))
        .orElse(List.of());
  }
}

package io.mailstream.sender.recipient;

import io.mailstream.dns.Dns;
import io.mailstream.v1.ReasonCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Checks the domain of a recipient: against a list of disposable ones, for a slip in the name of a
 * large provider, and in the DNS for a server that takes its mail. Many mails to one domain are one
 * look-up; the resolver keeps what it was told.
 */
final class DnsRecipientCheck implements RecipientCheck {

  /** What to do with a domain that looks like a slip. */
  enum OnTypo {
    /** Do not look for slips. */
    OFF,
    /** Say so in the result. */
    REPORT,
    /** Do not send. */
    REFUSE
  }

  /** For how long a domain that could not be looked up is not looked up again. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  private final Dns dns;
  private final DomainList disposable;
  private final Typos typos;
  private final OnTypo onTypo;
  private final Executor afterPause;
  private final ConcurrentMap<String, CompletableFuture<Verdict>> underWay =
      new ConcurrentHashMap<>();

  DnsRecipientCheck(Dns dns, DomainList disposable, Typos typos, OnTypo onTypo) {
    this(
        dns,
        disposable,
        typos,
        onTypo,
        CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** With what runs a task once {@link #PAUSE} is over. */
  DnsRecipientCheck(
      Dns dns, DomainList disposable, Typos typos, OnTypo onTypo, Executor afterPause) {
    this.dns = dns;
    this.disposable = disposable;
    this.typos = typos;
    this.onTypo = onTypo;
    this.afterPause = afterPause;
  }

  @Override
  public CompletableFuture<Verdict> check(String address, String domain) {
    if (disposable.covers(domain)) {
      return CompletableFuture.completedFuture(
          new Verdict.Refused(
              ReasonCode.DISPOSABLE_DOMAIN,
              "the domain %s is on the list of disposable domains".formatted(domain)));
    }
    Optional<String> meant = onTypo == OnTypo.OFF ? Optional.empty() : typos.suggest(domain);
    if (onTypo == OnTypo.REFUSE && meant.isPresent()) {
      return CompletableFuture.completedFuture(
          new Verdict.Refused(ReasonCode.MISSPELT_DOMAIN, slip(domain, meant.get())));
    }
    if (domain.startsWith("[")) {
      return CompletableFuture.completedFuture(Verdict.GOOD);
    }
    CompletableFuture<Verdict> found = takesMail(domain);
    return meant.isEmpty()
        ? found
        : found.thenApply(verdict -> noting(verdict, slip(domain, meant.get())));
  }

  private static String slip(String domain, String meant) {
    return "the domain %s may be misspelt: %s?".formatted(domain, meant);
  }

  private static Verdict noting(Verdict verdict, String note) {
    return switch (verdict) {
      case Verdict.Refused(ReasonCode reason, String detail) ->
          new Verdict.Refused(reason, detail + "; " + note);
      default -> new Verdict.Deliverable(Optional.of(note));
    };
  }

  private CompletableFuture<Verdict> takesMail(String domain) {
    CompletableFuture<Verdict> ours = new CompletableFuture<>();
    CompletableFuture<Verdict> others = underWay.putIfAbsent(domain, ours);
    if (others != null) {
      return others;
    }
    return lookUp(domain).whenComplete((verdict, failure) -> settle(domain, ours, verdict));
  }

  private CompletableFuture<Verdict> lookUp(String domain) {
    return dns.mailExchanges(domain)
        .thenCompose(exchanges -> {
          Verdict verdict = MailDomains.byExchanges(domain, exchanges);
          return verdict != null
              ? CompletableFuture.completedFuture(verdict)
              : dns.addresses(domain)
                  .thenApply(addresses -> MailDomains.byAddresses(domain, addresses));
        })
        .exceptionally(e -> new Verdict.Unknown(e.getClass().getSimpleName()));
  }

  private void settle(String domain, CompletableFuture<Verdict> ours, Verdict verdict) {
    if (verdict instanceof Verdict.Unknown) {
      afterPause.execute(() -> underWay.remove(domain, ours));
    } else {
      underWay.remove(domain, ours);
    }
    ours.complete(verdict);
  }
}

package io.mailstream.sender.recipient;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.dns.DnsResolver;
import io.mailstream.dns.DnsSettings;
import io.mailstream.embedded.dns.AuthoritativeDns;
import io.mailstream.sender.recipient.DnsRecipientCheck.OnTypo;
import io.mailstream.v1.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every decision, against a DNS server on 127.0.0.1. */
class DnsRecipientCheckTest {

  private final List<Runnable> afterPause = new ArrayList<>();
  private AuthoritativeDns server;
  private DnsRecipientCheck check;

  @BeforeEach
  void start() throws Exception {
    server =
        AuthoritativeDns.start()
            .zone(
                "test",
                """
                mx MX 10 mail
                a A 192.0.2.1
                six AAAA 2001:db8::1
                null MX 0 .
                text TXT "no mail here"
                alias CNAME mx
                """)
            .zone("gmial.com", "@ MX 10 mail")
            .zone("com", "");
    check = check(OnTypo.REPORT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private DnsRecipientCheck check(OnTypo onTypo) {
    return new DnsRecipientCheck(
        DnsResolver.create(
            new DnsSettings(
                List.of(server.address()),
                Duration.ofSeconds(5),
                1_000,
                Duration.ofHours(1),
                Duration.ofMinutes(5))),
        new DomainList(Set.of("disposable.test", "example.org")),
        new Typos(new DomainList(Set.of("gmail.com"))),
        onTypo,
        afterPause::add);
  }

  private Verdict ask(String domain) {
    return check.check("jane@" + domain, domain).join();
  }

  private static void assertRefused(Verdict verdict, ReasonCode reason, String detail) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(reason);
              assertThat(refused.detail()).contains(detail).doesNotContain("jane");
            });
  }

  @Test
  void aDomainWithAnExchangeOrAnAddressTakesMail() {
    assertThat(ask("mx.test")).isEqualTo(Verdict.GOOD);
    assertThat(ask("a.test")).isEqualTo(Verdict.GOOD);
    assertThat(ask("six.test")).isEqualTo(Verdict.GOOD);
    assertThat(ask("alias.test")).isEqualTo(Verdict.GOOD);
    assertThat(ask("[192.0.2.1]")).isEqualTo(Verdict.GOOD);
  }

  @Test
  void aDomainThatTakesNoneIsRefused() {
    ReasonCode reason = ReasonCode.UNDELIVERABLE_DOMAIN;
    assertRefused(ask("null.test"), reason, "null.test takes no mail: its MX is null");
    assertRefused(ask("text.test"), reason, "text.test has neither MX nor address");
    assertRefused(ask("missing.test"), reason, "there is no domain missing.test");
  }

  @Test
  void aDisposableDomainIsRefusedAndWhatIsBelowIt() {
    assertRefused(ask("disposable.test"), ReasonCode.DISPOSABLE_DOMAIN, "disposable.test");
    assertRefused(ask("x.disposable.test"), ReasonCode.DISPOSABLE_DOMAIN, "x.disposable.test");
    assertThat(server.questions()).isEmpty();
  }

  @Test
  void aSlipIsReportedOrRefusedOrNotLookedFor() {
    assertThat(ask("gmial.com"))
        .isEqualTo(
            new Verdict.Deliverable(
                Optional.of("the domain gmial.com may be misspelt: gmail.com?")));
    assertRefused(
        ask("gmal.com"),
        ReasonCode.UNDELIVERABLE_DOMAIN,
        "there is no domain gmal.com; the domain gmal.com may be misspelt: gmail.com?");
    check = check(OnTypo.REFUSE);
    assertRefused(ask("gmial.com"), ReasonCode.MISSPELT_DOMAIN, "gmail.com?");
    check = check(OnTypo.OFF);
    assertThat(ask("gmial.com")).isEqualTo(Verdict.GOOD);
  }

  @Test
  void aServerThatFailsIsNoReasonToRefuse() {
    server.fail("mx.test");
    assertThat(ask("mx.test")).isInstanceOf(Verdict.Unknown.class);

    // Not asked again before the pause is over.
    long asked = server.asked("mx.test", "MX");
    assertThat(ask("mx.test")).isInstanceOf(Verdict.Unknown.class);
    assertThat(server.asked("mx.test", "MX")).isEqualTo(asked);

    server.heal("mx.test");
    afterPause.forEach(Runnable::run);
    assertThat(ask("mx.test")).isEqualTo(Verdict.GOOD);
  }

  @Test
  void manyMailsToOneDomainAreOneLookUp() throws Exception {
    server.silence("mx.test");
    List<CompletableFuture<Verdict>> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(check.check("jane@mx.test", "mx.test"));
    }
    server.heal("mx.test");
    for (CompletableFuture<Verdict> verdict : waiting) {
      verdict.get(30, TimeUnit.SECONDS);
    }
    for (int i = 0; i < 100; i++) {
      ask("a.test");
    }

    // The first question and its repetition.
    assertThat(server.asked("mx.test", "MX")).isLessThanOrEqualTo(2);
    assertThat(server.asked("a.test", "MX")).isEqualTo(1);
    assertThat(server.asked("a.test", "A")).isEqualTo(1);
  }
}

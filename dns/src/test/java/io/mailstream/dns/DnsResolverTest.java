package io.mailstream.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.dns.AuthoritativeDns;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers as real ones do, on 127.0.0.1. */
class DnsResolverTest {

  private AuthoritativeDns server;
  private Dns dns;

  @BeforeEach
  void start() throws Exception {
    server =
        AuthoritativeDns.start()
            .zone(
                "example.test",
                """
                @ MX 20 backup
                @ MX 10 mail
                @ TXT "v=spf1 include:_spf.exam" "ple.test ~all"
                mail A 192.0.2.1
                mail AAAA 2001:db8::1
                www CNAME mail
                null MX 0 .
                gone CNAME nowhere.example.test.
                loop CNAME pool
                pool CNAME loop
                broken TXT "x"
                mute TXT "x"
                """)
            .zone("2.0.192.in-addr.arpa", "1 PTR mail.example.test.");
    dns = resolver(Duration.ofSeconds(5));
  }

  private Dns resolver(Duration timeout) {
    return DnsResolver.create(DnsSettings.once(List.of(server.address()), timeout));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theStringsOfATextAreJoined() {
    assertThat(dns.text("example.test").join().values())
        .containsExactly("v=spf1 include:_spf.example.test ~all");
  }

  @Test
  void exchangesComeInOrderAndANullMxIsKnown() {
    assertThat(dns.mailExchanges("example.test").join().values())
        .containsExactly(
            new MailExchange(10, "mail.example.test"), new MailExchange(20, "backup.example.test"));
    assertThat(dns.mailExchanges("null.example.test").join().values())
        .singleElement()
        .matches(MailExchange::isNull);
  }

  @Test
  void addressesOfBothKindsAreFoundBehindAnAlias() throws Exception {
    assertThat(dns.addresses("www.example.test").join().values())
        .containsExactlyInAnyOrder(
            InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1"));
    assertThat(dns.alias("www.example.test").join().values()).containsExactly("mail.example.test");
    assertThat(dns.alias("mail.example.test").join()).isInstanceOf(Answer.NoRecords.class);
    assertThat(dns.names(InetAddress.ofLiteral("192.0.2.1")).join().values())
        .containsExactly("mail.example.test");
  }

  @Test
  void aNameWithoutSuchRecordsIsNotANameThatIsNotThere() {
    assertThat(dns.text("mail.example.test").join()).isInstanceOf(Answer.NoRecords.class);
    assertThat(dns.text("no.example.test").join()).isInstanceOf(Answer.NoName.class);
    assertThat(dns.text("gone.example.test").join()).isInstanceOf(Answer.NoName.class);
    assertThat(dns.text("a".repeat(64) + ".test").join()).isInstanceOf(Answer.NoName.class);
  }

  @Test
  void whatDoesNotFitIntoADatagramIsAskedAgainOverTcp() {
    String key = "p=" + "A".repeat(4000);
    String strings = key.replaceAll("(.{1,250})", "\"$1\" ");
    server.zone("large.test", "@ TXT ( " + strings + ")");

    assertThat(dns.text("large.test").join().values()).containsExactly(key);
    assertThat(server.questions())
        .extracting(AuthoritativeDns.Question::tcp)
        .containsExactly(false, true);
  }

  @Test
  void failuresAreNotAbsence() {
    server.fail("broken.example.test");

    assertThat(dns.text("broken.example.test").join())
        .isEqualTo(new Answer.Failed<String>("the DNS server answered SERVFAIL"));
    assertThat(dns.text("elsewhere.invalid").join()).isInstanceOf(Answer.Failed.class);
    assertThat(dns.text("loop.example.test").join()).isInstanceOf(Answer.Failed.class);
  }

  @Test
  void silenceEndsWithinTheTime() {
    server.silence("mute.example.test");

    assertThat(resolver(Duration.ofMillis(200)).text("mute.example.test").join())
        .isEqualTo(new Answer.Failed<String>("no DNS server answered in time"));
  }

  @Test
  void answersAreKeptAlsoThatThereIsNothingButFailuresAreNot() {
    server.fail("broken.example.test");
    for (int i = 0; i < 3; i++) {
      dns.text("example.test").join();
      dns.text("no.example.test").join();
      dns.text("mail.example.test").join();
      dns.text("broken.example.test").join();
    }

    assertThat(server.asked("example.test", "TXT")).isEqualTo(1);
    assertThat(server.asked("no.example.test", "TXT")).isEqualTo(1);
    assertThat(server.asked("mail.example.test", "TXT")).isEqualTo(1);

    server.heal("broken.example.test");
    assertThat(dns.text("broken.example.test").join().values()).containsExactly("x");
  }

  @Test
  void nothingIsKeptForLongerThanTheSettingsSay() {
    Dns forgetful =
        DnsResolver.create(
            new DnsSettings(
                List.of(server.address()),
                Duration.ofSeconds(5),
                100,
                Duration.ZERO,
                Duration.ZERO));
    for (int i = 0; i < 2; i++) {
      forgetful.text("example.test").join();
      forgetful.text("no.example.test").join();
    }

    assertThat(server.asked("example.test", "TXT")).isEqualTo(2);
    assertThat(server.asked("no.example.test", "TXT")).isEqualTo(2);
  }
}

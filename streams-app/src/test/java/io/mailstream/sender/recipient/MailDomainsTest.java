package io.mailstream.sender.recipient;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.dns.Answer;
import io.mailstream.dns.MailExchange;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailDomainsTest {

  private static final MailExchange NULL = new MailExchange(0, "");
  private static final MailExchange HOST = new MailExchange(10, "mail.x.test");

  @Test
  void exchangesDecideWhereThereAreSome() {
    assertThat(exchanges(new Answer.Records<>(List.of(HOST)))).isEqualTo(Verdict.GOOD);
    assertThat(exchanges(new Answer.Records<>(List.of(NULL)))).isInstanceOf(Verdict.Refused.class);
    // Not allowed, and no reason to give a mail up.
    assertThat(exchanges(new Answer.Records<>(List.of(NULL, HOST)))).isEqualTo(Verdict.GOOD);
    assertThat(exchanges(new Answer.NoName<>())).isInstanceOf(Verdict.Refused.class);
    assertThat(exchanges(new Answer.Failed<>("SERVFAIL")))
        .isEqualTo(new Verdict.Unknown("SERVFAIL"));
    assertThat(exchanges(new Answer.NoRecords<>())).isNull();
  }

  private static Verdict exchanges(Answer<MailExchange> answer) {
    return MailDomains.byExchanges("x.test", answer);
  }

  @Test
  void elseAddressesDo() {
    assertThat(addresses(new Answer.Records<>(List.of(InetAddress.getLoopbackAddress()))))
        .isEqualTo(Verdict.GOOD);
    assertThat(addresses(new Answer.NoRecords<>())).isInstanceOf(Verdict.Refused.class);
    assertThat(addresses(new Answer.NoName<>())).isInstanceOf(Verdict.Refused.class);
    assertThat(addresses(new Answer.Failed<>("SERVFAIL")))
        .isEqualTo(new Verdict.Unknown("SERVFAIL"));
  }

  private static Verdict addresses(Answer<InetAddress> answer) {
    return MailDomains.byAddresses("x.test", answer);
  }
}

package io.mailstream.sender.recipient;

import io.mailstream.dns.Answer;
import io.mailstream.dns.MailExchange;
import io.mailstream.v1.ReasonCode;
import java.net.InetAddress;
import java.util.List;

/** Decides by the DNS whether a domain takes mail (RFC 5321, 5.1; RFC 7505). */
final class MailDomains {

  private MailDomains() {}

  /** What the MX records alone decide; null: the domain's addresses do. */
  static Verdict byExchanges(String domain, Answer<MailExchange> exchanges) {
    return switch (exchanges) {
      case Answer.Records<MailExchange>(List<MailExchange> values) ->
          values.stream().allMatch(MailExchange::isNull)
              ? refused("the domain %s takes no mail: its MX is null (RFC 7505)", domain)
              : Verdict.GOOD;
      case Answer.NoName<MailExchange> none -> refused("there is no domain %s", domain);
      case Answer.NoRecords<MailExchange> none -> null;
      case Answer.Failed<MailExchange>(String why) -> new Verdict.Unknown(why);
    };
  }

  /** What the addresses of a domain decide that has no MX. */
  static Verdict byAddresses(String domain, Answer<InetAddress> addresses) {
    return switch (addresses) {
      case Answer.Records<InetAddress> found -> Verdict.GOOD;
      case Answer.Failed<InetAddress>(String why) -> new Verdict.Unknown(why);
      case Answer.NoName<InetAddress> none -> unreachable(domain);
      case Answer.NoRecords<InetAddress> none -> unreachable(domain);
    };
  }

  private static Verdict unreachable(String domain) {
    return refused("the domain %s has neither MX nor address: no server takes its mail", domain);
  }

  private static Verdict refused(String detail, String domain) {
    return new Verdict.Refused(ReasonCode.UNDELIVERABLE_DOMAIN, detail.formatted(domain));
  }
}

package io.mailstream.dns.spf;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.dns.spf.SpfTerm.Kind;
import io.mailstream.dns.spf.SpfTerm.Qualifier;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpfRecordTest {

  @Test
  void everyMechanismIsRead() {
    SpfRecord record =
        SpfRecord.parse(
            "v=spf1 +a mx/24 a:x.test/24//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.y.test"
                + " exists:%{ir}.%{d2}.z.test ?ptr ~all exp=why.x.test op=auth");

    assertThat(record.faults()).isEmpty();
    assertThat(record.terms())
        .extracting(SpfTerm::kind)
        .containsExactly(
            Kind.A,
            Kind.MX,
            Kind.A,
            Kind.IP4,
            Kind.IP6,
            Kind.INCLUDE,
            Kind.EXISTS,
            Kind.PTR,
            Kind.ALL,
            Kind.EXP,
            Kind.OTHER);
    assertThat(record.terms().get(2))
        .returns(24, SpfTerm::prefix4)
        .returns(64, SpfTerm::prefix6)
        .returns("x.test", term -> term.domain().orElseThrow());
    assertThat(record.first(Kind.ALL).orElseThrow().qualifier()).isEqualTo(Qualifier.SOFTFAIL);
    assertThat(record.unread()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ipv4:192.0.2.1",
        "ip4:192.0.2.256",
        "ip4:192.0.2.1/33",
        "ip4:mail.x.test",
        "ip6:192.0.2.1",
        "ip6:2001:db8::/129",
        "include:",
        "include",
        "a:",
        "mx/33",
        "all/24",
        "all:x.test",
        "redirect=",
        "+redirect=x.test",
        "exists:%{q}.x.test",
        "include:%{d",
        "include:x..test",
        "include:x.test/24",
        "=x",
        "redirect=a.test redirect=b.test"
      })
  void whatIsNoTermIsAFault(String term) {
    assertThat(SpfRecord.parse("v=spf1 " + term + " -all").faults()).hasSize(1);
  }

  @Test
  void theVersionStandsAlone() {
    assertThat(SpfRecord.isSpf("v=spf1")).isTrue();
    assertThat(SpfRecord.isSpf("V=SPF1 -all")).isTrue();
    assertThat(SpfRecord.isSpf("v=spf10 -all")).isFalse();
    assertThat(SpfRecord.isSpf("spf2.0/mfrom -all")).isFalse();
  }

  @Test
  void aRangeEndsInTheMiddleOfAByte() {
    CidrRange range = new CidrRange(InetAddress.ofLiteral("192.0.2.64"), 26);

    assertThat(range.contains(InetAddress.ofLiteral("192.0.2.127"))).isTrue();
    assertThat(range.contains(InetAddress.ofLiteral("192.0.2.128"))).isFalse();
    assertThat(range.contains(InetAddress.ofLiteral("2001:db8::1"))).isFalse();
  }
}

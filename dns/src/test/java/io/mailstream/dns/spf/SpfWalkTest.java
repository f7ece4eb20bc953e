package io.mailstream.dns.spf;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.dns.DnsRig;
import io.mailstream.dns.spf.SpfProblem.Kind;
import io.mailstream.dns.spf.SpfTerm.Qualifier;
import java.net.InetAddress;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpfWalkTest {

  private DnsRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = DnsRig.start();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private SpfResult follow(String records) {
    rig.zone("x.test", records);
    return SpfWalk.follow(rig.dns(), "x.test");
  }

  @Test
  void eachTermThatLooksUpCountsThroughAllIncludes() {
    SpfResult result =
        follow(
            """
            @ TXT "v=spf1 ip4:192.0.2.1 a mx include:_a.x.test ~all"
            @ A 192.0.2.2
            @ MX 10 mail
            mail A 192.0.2.3
            _a TXT "v=spf1 include:_b.x.test exists:%{i}.x.test ?ptr -all"
            _b TXT "v=spf1 redirect=_c.x.test"
            _c TXT "v=spf1 ip4:192.0.2.9 -all"
            """);

    assertThat(result.lookups()).isEqualTo(7);
    assertThat(result.voids()).isZero();
    assertThat(result.macros()).containsExactly("exists:%{i}.x.test");
    assertThat(result.problems()).isEmpty();
    assertThat(check(result, "192.0.2.3")).isEqualTo(Qualifier.PASS);
    assertThat(check(result, "192.0.2.9")).isEqualTo(Qualifier.PASS);
    assertThat(check(result, "192.0.2.10")).isEqualTo(Qualifier.SOFTFAIL);
  }

  private static Qualifier check(SpfResult result, String address) {
    return result.tree().orElseThrow().check(InetAddress.ofLiteral(address));
  }

  @Test
  void theFirstMatchDecidesAndAFailInAnIncludeIsNoMatch() {
    SpfResult result =
        follow(
            """
            @ TXT "v=spf1 -ip4:192.0.2.1 include:_a.x.test ?all"
            _a TXT "v=spf1 -ip4:192.0.2.2 ip4:192.0.2.0/24 -all"
            """);

    assertThat(check(result, "192.0.2.1")).isEqualTo(Qualifier.FAIL);
    assertThat(check(result, "192.0.2.2")).isEqualTo(Qualifier.NEUTRAL);
    assertThat(check(result, "192.0.2.3")).isEqualTo(Qualifier.PASS);
  }

  @Test
  void anElevenLookUpsRecordIsCountedToItsEnd() {
    String names =
        IntStream.rangeClosed(1, 11)
            .mapToObj("include:_%d.x.test"::formatted)
            .collect(Collectors.joining(" "));
    String records =
        IntStream.rangeClosed(1, 11)
            .mapToObj(i -> "_%d TXT \"v=spf1 ip4:192.0.2.%d -all\"\n".formatted(i, i))
            .collect(Collectors.joining());

    assertThat(follow("@ TXT \"v=spf1 " + names + " -all\"\n" + records).lookups()).isEqualTo(11);
  }

  @Test
  void aCircleIsNamedAndEnds() {
    SpfResult result =
        follow(
            """
            @ TXT "v=spf1 include:_a.x.test -all"
            _a TXT "v=spf1 include:x.test -all"
            """);

    assertThat(result.problems())
        .containsExactly(new SpfProblem(Kind.LOOP, "_a.x.test", "x.test → _a.x.test → x.test"));
  }

  @Test
  void aTreeThatGrowsWithoutEndIsGivenUp() {
    String includes =
        IntStream.rangeClosed(1, 20)
            .mapToObj("include:_%d.x.test"::formatted)
            .collect(Collectors.joining(" "));
    StringBuilder records = new StringBuilder("@ TXT \"v=spf1 include:_0.x.test -all\"\n");
    for (int i = 0; i <= 20; i++) {
      records.append("_").append(i).append(" TXT ( \"v=spf1 ");
      records.append(includes, 0, 180).append("\" \"").append(includes.substring(180));
      records.append(" -all\" )\n");
    }

    assertThat(follow(records.toString()).lookups()).isBetween(11, 2000);
    assertThat(rig.server().questions().size()).isLessThan(100);
  }

  @Test
  void whatFindsNothingIsCounted() {
    SpfResult result =
        follow(
            """
            @ TXT "v=spf1 a:no.x.test mx:no.x.test exists:no.x.test -all"
            """);

    assertThat(result.voids()).isEqualTo(3);
    assertThat(result.problems())
        .extracting(SpfProblem::kind)
        .containsExactly(Kind.VOID, Kind.VOID, Kind.VOID);
  }

  @Test
  void includeAndRedirectNeedARecordThere() {
    SpfResult result =
        follow(
            """
            @ TXT "v=spf1 include:mail.x.test redirect=no.x.test"
            mail TXT "hello"
            """);

    assertThat(result.problems())
        .extracting(SpfProblem::kind)
        .containsExactly(Kind.NO_RECORD_THERE, Kind.NO_RECORD_THERE);
    assertThat(result.voids()).isEqualTo(1);
  }

  @Test
  void redirectIsNotReadBesideAll() {
    SpfResult result =
        follow(
            """
            @ TXT "v=spf1 redirect=no.x.test -all a:no.x.test"
            """);

    assertThat(result.lookups()).isZero();
    assertThat(result.tree().orElseThrow().record().unread())
        .extracting(SpfTerm::text)
        .containsExactly("a:no.x.test");
  }

  @Test
  void severalRecordsAreNone() {
    SpfResult result =
        follow(
            """
            @ TXT "v=spf1 a -all"
            @ TXT "v=spf1 mx -all"
            """);

    assertThat(result.tree()).isEmpty();
    assertThat(result.isAbsent()).isFalse();
    assertThat(result.problems()).singleElement().returns(Kind.SEVERAL_RECORDS, SpfProblem::kind);
  }

  @Test
  void aServerThatFailsIsNoAbsence() {
    rig.server().fail("_a.x.test");
    SpfResult result =
        follow(
            """
            @ TXT "v=spf1 include:_a.x.test -all"
            """);

    assertThat(result.voids()).isZero();
    assertThat(result.problems()).singleElement().returns(Kind.UNANSWERED, SpfProblem::kind);
  }

  @Test
  void moreThanTenHostsBehindAnMxAreTooMany() {
    String hosts =
        IntStream.rangeClosed(1, 11)
            .mapToObj(i -> "@ MX %d m%d\nm%d A 192.0.2.%d\n".formatted(i, i, i, i))
            .collect(Collectors.joining());

    assertThat(follow("@ TXT \"v=spf1 mx -all\"\n" + hosts).problems())
        .singleElement()
        .returns(Kind.TOO_MANY_EXCHANGES, SpfProblem::kind);
  }
}

package io.mailstream.dns.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.dns.DnsRig;
import java.net.InetAddress;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Domains good and bad, served by a DNS server on 127.0.0.1. */
class DoctorTest {

  private static final Map<Integer, String> KEYS = new ConcurrentHashMap<>();
  private static final String GOOD =
      """
      @ MX 10 mail
      @ TXT "v=spf1 ip4:192.0.2.1 -all"
      mail A 192.0.2.1
      _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@x.test"
      _smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@x.test"
      _mta-sts TXT "v=STSv1; id=20261121"
      mta-sts A 192.0.2.1
      default._bimi TXT "v=BIMI1; l=https://x.test/logo.svg; a=https://x.test/logo.pem"
      """;
  private static final String POLICY =
      "version: STSv1\r\nmode: enforce\r\nmx: mail.x.test\r\nmax_age: 604800\r\n";

  private DnsRig rig;
  private PolicyFetcher.Result policy = new PolicyFetcher.Result.File("text/plain", POLICY);

  @BeforeEach
  void start() throws Exception {
    rig = DnsRig.start();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /** A public key, as DKIM publishes it. */
  private static String rsa(int bits) {
    return KEYS.computeIfAbsent(
        bits,
        wanted -> {
          try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(wanted);
            return Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
          } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static String txt(String name, String value) {
    return "%s TXT ( \"%s\" )\n".formatted(name, value.replaceAll("(.{200})", "$1\" \""));
  }

  private static String key(String selector, int bits) {
    return txt(selector + "._domainkey", "v=DKIM1; k=rsa; p=" + rsa(bits));
  }

  private List<Finding> examine(String records) {
    return examine(records, plain("s"));
  }

  private static Examination plain(String... selectors) {
    return new Examination(
        "x.test", Optional.empty(), "x.test", List.of(selectors), Optional.empty(), List.of());
  }

  private static Examination by(Esp esp, String mailFrom) {
    return new Examination(
        "x.test", Optional.ofNullable(mailFrom), "x.test", List.of(), Optional.of(esp), List.of());
  }

  private List<Finding> examine(String records, Examination what) {
    rig.zone("x.test", records);
    return new Doctor(rig.dns(), this::fetch).examine(what);
  }

  private PolicyFetcher.Result fetch(URI uri) {
    assertThat(uri).hasToString("https://mta-sts.x.test/.well-known/mta-sts.txt");
    return policy;
  }

  private static String changed(String records, String from, String to) {
    assertThat(records).contains(from);
    return records.replace(from, to);
  }

  /** What there is of a check but good news. */
  private static List<Finding> of(Check check, List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.check() == check && finding.severity() != Severity.OK)
        .toList();
  }

  private static void assertOnly(
      List<Finding> findings, Check check, Severity severity, String... parts) {
    assertThat(of(check, findings)).hasSize(1);
    Finding finding = of(check, findings).getFirst();
    assertThat(finding.severity()).isEqualTo(severity);
    assertThat(finding.found() + " " + finding.fix() + " " + finding.publish()).contains(parts);
    assertThat(finding.why()).isNotEmpty();
  }

  @Test
  void aGoodDomainIsFoundGood() {
    List<Finding> findings = examine(GOOD + key("s", 2048));

    assertThat(findings).allMatch(finding -> finding.severity() == Severity.OK);
    assertThat(findings)
        .extracting(Finding::check)
        .containsExactly(
            Check.SPF,
            Check.DKIM,
            Check.DMARC,
            Check.ALIGNMENT,
            Check.ALIGNMENT,
            Check.MX,
            Check.MTA_STS,
            Check.TLS_RPT,
            Check.BIMI);
  }

  @Test
  void aDomainThatIsNotThereIsAllThatIsSaid() {
    List<Finding> findings = new Doctor(rig.dns(), this::fetch).examine(plain("s"));

    assertThat(findings).hasSize(1);
    assertOnly(findings, Check.DOMAIN, Severity.ERROR, "no domain x.test");
  }

  @Test
  void serversThatFailAreNoFaultOfTheRecords() {
    rig.server().fail("x.test");

    List<Finding> findings = examine(GOOD);

    assertThat(findings).hasSize(1);
    assertOnly(findings, Check.DOMAIN, Severity.UNKNOWN, "SERVFAIL");
  }

  @Test
  void aCheckThatIsNotAnsweredIsUnknownAndTheOthersGoOn() {
    rig.server().fail("_dmarc.x.test");

    List<Finding> findings = examine(GOOD + key("s", 2048));

    assertOnly(findings, Check.DMARC, Severity.UNKNOWN, "_dmarc.x.test");
    assertThat(of(Check.SPF, findings)).isEmpty();
  }

  @Test
  void aDomainWithNothingIsToldWhatToPublish() {
    List<Finding> findings = examine("www A 192.0.2.1", plain());

    assertOnly(findings, Check.SPF, Severity.ERROR, "no SPF record", "v=spf1 ~all");
    assertOnly(
        findings, Check.DMARC, Severity.ERROR, "_dmarc.x.test", "v=DMARC1; p=none; rua=mailto:");
    assertOnly(findings, Check.MX, Severity.ERROR, "neither MX nor address");
    assertOnly(findings, Check.DKIM, Severity.WARNING, "--selector");
    assertOnly(findings, Check.MTA_STS, Severity.NOTE, "_mta-sts.x.test");
    assertOnly(findings, Check.TLS_RPT, Severity.NOTE, "v=TLSRPTv1; rua=mailto:");
    assertOnly(findings, Check.BIMI, Severity.NOTE, "no BIMI");
  }

  private List<Finding> spf(String record) {
    return of(Check.SPF, examine(changed(GOOD, "v=spf1 ip4:192.0.2.1 -all", record)));
  }

  @Test
  void spfThatLetsEverybodySend() {
    assertOnly(spf("v=spf1 mx +all"), Check.SPF, Severity.ERROR, "+all", "v=spf1 mx ~all");
    assertOnly(spf("v=spf1 mx all"), Check.SPF, Severity.ERROR, "v=spf1 mx ~all");
    assertOnly(spf("v=spf1 ip4:0.0.0.0/1 -all"), Check.SPF, Severity.ERROR, "ip4:0.0.0.0/1");
    assertOnly(spf("v=spf1 mx ?all"), Check.SPF, Severity.WARNING, "v=spf1 mx ~all");
    assertOnly(spf("v=spf1 mx"), Check.SPF, Severity.WARNING, "v=spf1 mx ~all");
  }

  @Test
  void spfThatIsDoubtful() {
    assertOnly(spf("v=spf1 mx ptr -all"), Check.SPF, Severity.WARNING, "ptr");
    assertOnly(spf("v=spf1 a:no.x.test -all"), Check.SPF, Severity.WARNING, "a:no.x.test");
    assertOnly(spf("v=spf1 -all mx"), Check.SPF, Severity.WARNING, "mx stands behind all");
    assertOnly(spf("v=spf1 ipv4:1 -all"), Check.SPF, Severity.ERROR, "'ipv4:1' is no mechanism");
    assertOnly(spf("v=spf1 exists:%{i}.x.test -all"), Check.SPF, Severity.NOTE, "exists:%{i}");
  }

  @Test
  void spfBeyondTheLimits() {
    String eleven = "mx ".repeat(11);
    assertOnly(
        spf("v=spf1 " + eleven + "-all"), Check.SPF, Severity.ERROR, "needs 11 look-ups; 10");
    assertOnly(spf("v=spf1 " + "mx ".repeat(10) + "-all"), Check.SPF, Severity.NOTE, "10 of 10");
    assertThat(spf("v=spf1 a:n1.x.test a:n2.x.test a:n3.x.test -all"))
        .extracting(Finding::severity)
        .containsExactly(Severity.WARNING, Severity.WARNING, Severity.WARNING, Severity.ERROR);
  }

  @Test
  void severalSpfRecordsAreMergedInTheAdvice() {
    List<Finding> findings =
        spf("v=spf1 mx include:a.test -all\"\n@ TXT \"v=spf1 mx ip4:192.0.2.7 ~all");

    assertOnly(
        findings,
        Check.SPF,
        Severity.ERROR,
        "2 SPF records",
        "v=spf1 mx include:a.test ip4:192.0.2.7 ~all");
  }

  private List<Finding> dkim(String record) {
    return of(Check.DKIM, examine(GOOD + txt("s._domainkey", record)));
  }

  @Test
  void dkimKeys() {
    assertOnly(dkim("v=DKIM1; p="), Check.DKIM, Severity.ERROR, "revoked");
    assertOnly(dkim("v=DKIM1; k=rsa"), Check.DKIM, Severity.ERROR, "no p=");
    assertOnly(dkim("v=DKIM1; p=!!!"), Check.DKIM, Severity.ERROR, "not Base64");
    assertOnly(dkim("v=DKIM1; p=AAAA"), Check.DKIM, Severity.ERROR, "no RSA public key");
    assertOnly(dkim("v=DKIM1; k=dsa; p=AAAA"), Check.DKIM, Severity.ERROR, "k=dsa");
    assertOnly(dkim("p=" + rsa(512)), Check.DKIM, Severity.ERROR, "512 bits");
    assertOnly(dkim("p=" + rsa(1024)), Check.DKIM, Severity.WARNING, "1024 bits");
    assertOnly(dkim("t=y; p=" + rsa(2048)), Check.DKIM, Severity.WARNING, "t=y");
    assertOnly(dkim("h=sha1; p=" + rsa(2048)), Check.DKIM, Severity.ERROR, "h=sha1");
    assertOnly(dkim("s=tlsrpt; p=" + rsa(2048)), Check.DKIM, Severity.ERROR, "s=tlsrpt");
    assertOnly(dkim("v=DKIM2; p=" + rsa(2048)), Check.DKIM, Severity.ERROR, "v=DKIM2");
    assertOnly(dkim("p=" + rsa(2048) + "; p=x"), Check.DKIM, Severity.ERROR, "p= stands twice");
    String ed25519 = Base64.getEncoder().encodeToString(new byte[32]);
    assertOnly(dkim("k=ed25519; p=" + ed25519), Check.DKIM, Severity.NOTE, "Ed25519");
    assertOnly(dkim("k=ed25519; p=AAAA"), Check.DKIM, Severity.ERROR, "3 bytes in place of 32");
    assertThat(dkim("k=rsa; t=s; p=" + rsa(2048))).isEmpty();
  }

  @Test
  void dkimWithoutAKey() {
    assertOnly(examine(GOOD), Check.DKIM, Severity.ERROR, "no key under s._domainkey.x.test");
    assertOnly(
        examine(GOOD + "s._domainkey CNAME s.esp.test.\n"),
        Check.DKIM,
        Severity.ERROR,
        "s._domainkey.x.test is a CNAME of s.esp.test");
    assertOnly(
        examine(GOOD + txt("s._domainkey", "p=x") + txt("s._domainkey", "p=y")),
        Check.DKIM,
        Severity.ERROR,
        "2 TXT records");
  }

  @Test
  void withoutASelectorTheUsualOnesAreLookedFor() {
    List<Finding> findings = examine(GOOD + key("k1", 2048), plain());

    assertThat(of(Check.DKIM, findings)).isEmpty();
    assertThat(findings)
        .anySatisfy(finding -> assertThat(finding.found()).contains("k1._domainkey.x.test"));
  }

  private List<Finding> dmarc(String record) {
    return of(
        Check.DMARC, examine(changed(GOOD, "v=DMARC1; p=reject; rua=mailto:dmarc@x.test", record)));
  }

  @Test
  void dmarcPolicies() {
    String rua = "; rua=mailto:d@x.test";
    assertOnly(
        dmarc("v=DMARC1; p=none" + rua), Check.DMARC, Severity.WARNING, "p=none", "p=quarantine;");
    assertOnly(
        dmarc("v=DMARC1; p=reject; sp=none" + rua), Check.DMARC, Severity.WARNING, "sp=none");
    assertOnly(dmarc("v=DMARC1; p=reject; pct=50" + rua), Check.DMARC, Severity.WARNING, "pct=50");
    assertOnly(dmarc("v=DMARC1; p=reject; t=y" + rua), Check.DMARC, Severity.WARNING, "t=y");
    assertOnly(dmarc("v=DMARC1; p=reject"), Check.DMARC, Severity.WARNING, "no rua=");
    assertOnly(dmarc("v=DMARC1" + rua), Check.DMARC, Severity.WARNING, "no p=", "DMARC1; p=none;");
    assertThat(dmarc("v=DMARC1; p=quarantine; adkim=s; fo=1" + rua)).isEmpty();
  }

  @Test
  void dmarcThatCannotBeRead() {
    String rua = "; rua=mailto:d@x.test";
    assertThat(dmarc("v=DMARC1; p=refuse" + rua))
        .anySatisfy(finding -> {
          assertThat(finding.severity()).isEqualTo(Severity.ERROR);
          assertThat(finding.found()).contains("p=refuse");
        });
    assertOnly(dmarc("v=DMARC1; p=reject; aspf=x" + rua), Check.DMARC, Severity.ERROR, "aspf=x");
    assertOnly(dmarc("v=DMARC1; p=reject; what" + rua), Check.DMARC, Severity.ERROR, "'what'");
    assertOnly(
        dmarc("v=DMARC1; p=reject; policy=x" + rua), Check.DMARC, Severity.WARNING, "policy");
    assertOnly(
        dmarc("v=DMARC1; p=reject; rua=d@x.test"), Check.DMARC, Severity.ERROR, "rua=d@x.test");
    assertThat(dmarc("v=DMARC1; p=reject\"\n_dmarc TXT \"v=DMARC1; p=none"))
        .anySatisfy(finding -> assertThat(finding.found()).contains("more than one DMARC record"));
  }

  @Test
  void reportsElsewhereMustBeWelcomeThere() {
    String elsewhere = "v=DMARC1; p=reject; rua=mailto:x@reports.test";
    rig.zone("reports.test", "@ A 192.0.2.1");
    assertOnly(dmarc(elsewhere), Check.DMARC, Severity.ERROR, "x.test._report._dmarc.reports.test");

    rig.zone("welcome.test", txt("x.test._report._dmarc", "v=DMARC1"));
    assertThat(dmarc("v=DMARC1; p=reject; rua=mailto:x@welcome.test!10m")).isEmpty();
    assertThat(dmarc("v=DMARC1; p=reject; rua=mailto:x@sub.x.test")).isEmpty();
  }

  private List<Finding> aligned(String dmarc, String mailFrom, String dkimDomain) {
    rig.zone("other.test", "@ A 192.0.2.1");
    return of(
        Check.ALIGNMENT,
        examine(
            changed(GOOD, "p=reject", dmarc),
            new Examination(
                "x.test",
                Optional.of(mailFrom),
                dkimDomain,
                List.of("s"),
                Optional.empty(),
                List.of())));
  }

  @Test
  void alignmentIsByOrganizationUnlessStrict() {
    assertThat(aligned("p=reject", "bounce.x.test", "mail.x.test")).isEmpty();
    assertOnly(
        aligned("p=reject; aspf=s", "bounce.x.test", "x.test"),
        Check.ALIGNMENT,
        Severity.ERROR,
        "SPF: bounce.x.test",
        "aspf=r");
    assertOnly(
        aligned("p=reject; adkim=s", "x.test", "mail.x.test"),
        Check.ALIGNMENT,
        Severity.ERROR,
        "DKIM: mail.x.test");
    assertOnly(
        aligned("p=reject", "other.test", "x.test"),
        Check.ALIGNMENT,
        Severity.ERROR,
        "SPF: other.test");
  }

  private List<Finding> mx(String records) {
    return of(Check.MX, examine(changed(GOOD, "@ MX 10 mail\n", records)));
  }

  @Test
  void exchanges() {
    assertOnly(mx("@ MX 0 .\n"), Check.MX, Severity.ERROR, "null");
    assertOnly(mx("@ MX 0 .\n@ MX 10 mail\n"), Check.MX, Severity.ERROR, "beside others");
    assertOnly(mx("@ A 192.0.2.1\n"), Check.MX, Severity.WARNING, "its address stands in");
    assertOnly(mx("@ MX 10 no\n"), Check.MX, Severity.ERROR, "no.x.test has no address");
    assertOnly(mx("@ MX 10 192.0.2.1.\n"), Check.MX, Severity.ERROR, "is an address");
    assertOnly(mx("@ MX 10 www\nwww CNAME mail\n"), Check.MX, Severity.WARNING, "10 mail.x.test.");
  }

  private List<Finding> sts(PolicyFetcher.Result result) {
    policy = result;
    return of(Check.MTA_STS, examine(GOOD));
  }

  private List<Finding> sts(String from, String to) {
    return sts(new PolicyFetcher.Result.File("text/plain", changed(POLICY, from, to)));
  }

  @Test
  void mtaStsPolicies() {
    Check check = Check.MTA_STS;
    assertOnly(sts("mail.x.test", "other.x.test"), check, Severity.ERROR, "mx: mail.x.test");
    assertOnly(sts("mode: enforce", "mode: testing"), check, Severity.NOTE, "testing");
    assertOnly(sts("mode: enforce", "mode: on"), check, Severity.ERROR, "mode: on");
    assertOnly(sts("604800", "3600"), check, Severity.WARNING, "3600");
    assertOnly(sts("604800", "week"), check, Severity.ERROR, "max_age: week");
    assertOnly(sts("version: STSv1", "version: 1"), check, Severity.ERROR, "version: STSv1");
    assertOnly(sts("mx: mail.x.test\r\n", ""), check, Severity.ERROR, "names no mx");
    assertOnly(sts("mode: enforce", "mode: enforce\r\nx"), check, Severity.ERROR, "'x'");
    assertThat(sts("mx: mail.x.test", "mx: *.x.test")).isEmpty();
    assertOnly(sts("mx: mail.x.test", "mx: *.test"), check, Severity.ERROR, "mail.x.test");
    assertOnly(
        sts(new PolicyFetcher.Result.Failed("the server answered 404")),
        check,
        Severity.ERROR,
        "404");
    assertOnly(
        sts(new PolicyFetcher.Result.File("text/html", POLICY)),
        check,
        Severity.WARNING,
        "text/html");
  }

  @Test
  void mtaStsRecords() {
    assertOnly(
        examine(changed(GOOD, "id=20261121", "id=2026-11")),
        Check.MTA_STS,
        Severity.ERROR,
        "no id of letters and digits");
    assertOnly(
        examine(changed(GOOD, "mta-sts A 192.0.2.1\n", "")),
        Check.MTA_STS,
        Severity.ERROR,
        "mta-sts.x.test has no address");
    assertOnly(
        examine(GOOD + txt("_mta-sts", "v=STSv1; id=2")),
        Check.MTA_STS,
        Severity.ERROR,
        "2 MTA-STS records");
  }

  @Test
  void tlsReports() {
    assertOnly(
        examine(changed(GOOD, "rua=mailto:tls@x.test", "rua=tls@x.test")),
        Check.TLS_RPT,
        Severity.ERROR,
        "names no place");
    assertOnly(
        examine(GOOD + txt("_smtp._tls", "v=TLSRPTv1; rua=https://x.test")),
        Check.TLS_RPT,
        Severity.ERROR,
        "2 records");
  }

  @Test
  void logos() {
    assertOnly(
        examine(changed(GOOD, "; a=https://x.test/logo.pem", "")),
        Check.BIMI,
        Severity.WARNING,
        "no a=");
    assertOnly(
        examine(changed(GOOD, "logo.svg", "logo.png")), Check.BIMI, Severity.ERROR, "logo.png");
    assertOnly(
        examine(changed(GOOD, "l=https://x.test/logo.svg; a=https://x.test/logo.pem", "l=; a=")),
        Check.BIMI,
        Severity.NOTE,
        "no logo");
    for (String weak : List.of("p=none", "p=reject; sp=none", "p=reject; pct=99")) {
      assertOnly(
          examine(changed(GOOD, "p=reject", weak)), Check.BIMI, Severity.ERROR, "not enforced");
    }
  }

  private List<Finding> relay(String reverse, String more) {
    rig.zone("2.0.192.in-addr.arpa", reverse);
    return examine(
        GOOD + more,
        new Examination(
            "x.test",
            Optional.empty(),
            "x.test",
            List.of("s"),
            Optional.empty(),
            List.of(InetAddress.ofLiteral("192.0.2.1"))));
  }

  @Test
  void namesOfRelays() {
    assertThat(of(Check.PTR, relay("1 PTR mail.x.test.", ""))).isEmpty();
    assertOnly(relay("", ""), Check.PTR, Severity.ERROR, "192.0.2.1 has no name");
    assertOnly(
        relay("1 PTR web.x.test.", "web A 192.0.2.9\n"),
        Check.PTR,
        Severity.ERROR,
        "does not lead back",
        "web.x.test");
    assertOnly(
        relay("1 PTR h-192-0-2-1.x.test.", "h-192-0-2-1 A 192.0.2.1\n"),
        Check.PTR,
        Severity.WARNING,
        "h-192-0-2-1.x.test");
    rig.server().fail("1.2.0.192.in-addr.arpa");
    assertOnly(relay("1 PTR mail.x.test.", ""), Check.PTR, Severity.UNKNOWN, "192.0.2.1");
  }

  @Test
  void relaysMustPassSpf() {
    Examination relay =
        new Examination(
            "x.test",
            Optional.empty(),
            "x.test",
            List.of("s"),
            Optional.empty(),
            List.of(InetAddress.ofLiteral("192.0.2.8")));

    assertOnly(
        examine(GOOD, relay),
        Check.SPF,
        Severity.ERROR,
        "FAIL for the relay 192.0.2.8",
        "v=spf1 ip4:192.0.2.8 ip4:192.0.2.1 -all");
  }

  @Test
  void whatSesWants() {
    String bounce =
        "bounce MX 10 feedback-smtp.eu-west-1.amazonses.com.\n"
            + txt("bounce", "v=spf1 include:amazonses.com ~all");
    rig.zone("amazonses.com", txt("@", "v=spf1 ip4:192.0.2.0/24 -all"));

    assertThat(of(Check.ESP, examine(GOOD + bounce, by(Esp.SES, "bounce.x.test")))).isEmpty();
    assertThat(of(Check.SPF, examine(GOOD + bounce, by(Esp.SES, "bounce.x.test")))).isEmpty();
    assertOnly(
        examine(changed(GOOD + bounce, "feedback-smtp", "smtp"), by(Esp.SES, "bounce.x.test")),
        Check.ESP,
        Severity.ERROR,
        "feedback-smtp.<region>.amazonses.com.");
    assertOnly(
        examine(
            changed(GOOD + bounce, "include:amazonses.com", "mx"), by(Esp.SES, "bounce.x.test")),
        Check.SPF,
        Severity.ERROR,
        "does not include amazonses.com",
        "v=spf1 include:amazonses.com mx ~all");
    assertOnly(examine(GOOD, by(Esp.SES, null)), Check.ESP, Severity.NOTE, "--mail-from");
  }

  @Test
  void whatTheOthersWant() {
    rig.zone("mtasv.net", txt("pm", "v=spf1 ip4:192.0.2.0/24 -all"));
    rig.zone("sendgrid.net", "u1.wl A 192.0.2.1\n" + key("s1.u1", 2048) + key("s2.u1", 2048));

    assertOnly(
        examine(GOOD, by(Esp.POSTMARK, null)),
        Check.ESP,
        Severity.WARNING,
        "pm-bounces.x.test",
        "pm.mtasv.net.");
    assertThat(
            of(
                Check.ESP,
                examine(GOOD + "pm-bounces CNAME pm.mtasv.net.\n", by(Esp.POSTMARK, null))))
        .isEmpty();
    assertThat(of(Check.DKIM, examine(GOOD, by(Esp.SENDGRID, "em1.x.test"))))
        .extracting(Finding::found)
        .containsExactly(
            "there is no key under s1._domainkey.x.test",
            "there is no key under s2._domainkey.x.test");
    assertThat(
            of(
                Check.ESP,
                examine(GOOD + "em1 CNAME u1.wl.sendgrid.net.\n", by(Esp.SENDGRID, "em1.x.test"))))
        .isEmpty();
    assertOnly(
        examine(GOOD, by(Esp.MAILGUN, null)), Check.SPF, Severity.ERROR, "include:mailgun.org");
  }

  @Test
  void aSubdomainStandsUnderTheOrganizationsPolicy() {
    List<Finding> findings =
        examine(
            changed(GOOD, "p=reject", "p=reject; sp=none")
                + "news MX 10 mail\n"
                + txt("news", "v=spf1 mx -all"),
            new Examination(
                "news.x.test",
                Optional.empty(),
                "x.test",
                List.of("s"),
                Optional.empty(),
                List.of()));

    assertThat(of(Check.DMARC, findings))
        .extracting(Finding::severity)
        .containsExactly(Severity.NOTE, Severity.WARNING);
    assertThat(of(Check.ALIGNMENT, findings)).isEmpty();
  }

  @Test
  void theWalkIsEightStepsAtMostAndStopsAtAPublicSuffix() {
    assertThat(DmarcWalk.steps("a.b.c.d.e.f.g.h.i.test"))
        .hasSize(8)
        .startsWith("a.b.c.d.e.f.g.h.i.test", "d.e.f.g.h.i.test")
        .endsWith("test");
    assertThat(DmarcWalk.steps("x.test")).isEqualTo(Arrays.asList("x.test", "test"));

    rig.zone("co.test", txt("_dmarc", "v=DMARC1; p=reject; psd=y"));
    rig.zone("y.co.test", txt("_dmarc.mail", "v=DMARC1; p=none"));
    assertThat(DmarcWalk.up(rig.dns(), "mail.y.co.test").organization()).isEqualTo("y.co.test");
    assertThat(DmarcWalk.up(rig.dns(), "z.co.test").effective().orElseThrow().domain())
        .isEqualTo("co.test");
  }
}

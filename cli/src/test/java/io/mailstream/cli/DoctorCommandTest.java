package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.embedded.dns.AuthoritativeDns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command against a DNS server on 127.0.0.1. */
class DoctorCommandTest {

  private AuthoritativeDns server;

  @BeforeEach
  void start() throws Exception {
    server =
        AuthoritativeDns.start()
            .zone("test", "")
            .zone(
                "x.test",
                """
                @ MX 10 mail
                @ TXT "v=spf1 mx -all"
                mail A 192.0.2.1
                _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@x.test"
                s._domainkey TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
                """)
            .zone("bad.test", "@ MX 0 .\n@ TXT \"v=spf1 +all\"");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Run doctor(String... args) {
    String[] all = new String[args.length + 3];
    all[0] = "doctor";
    all[1] = "--resolver";
    all[2] = server.hostAndPort();
    System.arraycopy(args, 0, all, 3, args.length);
    return Run.of(all);
  }

  @Test
  void aDomainWithoutErrorsEndsWithZero() {
    Run run = doctor("x.test", "--selector", "s");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("SPF", "  ok         x.test: v=spf1 mx -all (1 of 10 look-ups)")
        .endsWith("x.test: 0 errors, 0 warnings, 0 not looked up\n");
  }

  @Test
  void errorsEndWithOneAndSayWhatToPublish() {
    Run run = doctor("bad.test", "--selector", "s");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            "  error      the SPF record of bad.test ends with +all",
            "why: it lets everybody send",
            "do:  end it with ~all",
            "bad.test. TXT \"v=spf1 ~all\"",
            "_dmarc.bad.test. TXT \"v=DMARC1; p=none; rua=mailto:dmarc-reports@bad.test\"");
  }

  @Test
  void warningsCountWhereItIsStrict() {
    assertThat(doctor("x.test").status()).isZero();
    assertThat(doctor("x.test", "--strict").status()).isEqualTo(1);
  }

  @Test
  void aServerThatDoesNotAnswerEndsWithThree() {
    server.silence("x.test");

    Run run = doctor("x.test", "--timeout", "300ms");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).contains("unknown", "no DNS server answered in time");
  }

  @Test
  void programsGetOneObject() throws Exception {
    Run run = doctor("bad.test", "--selector", "s", "--json");

    JsonNode all = new ObjectMapper().readTree(run.out());
    assertThat(run.status()).isEqualTo(1);
    assertThat(all.get("domain").asText()).isEqualTo("bad.test");
    JsonNode spf = all.get("findings").get(0);
    assertThat(spf.get("check").asText()).isEqualTo("SPF");
    assertThat(spf.get("severity").asText()).isEqualTo("ERROR");
    assertThat(spf.get("publish").get(0).get("value").asText()).isEqualTo("v=spf1 ~all");
  }

  @Test
  void whatIsNoDomainAddressOrServerIsUsage() {
    assertThat(doctor("not a domain"))
        .returns(2, Run::status)
        .satisfies(run -> assertThat(run.err()).contains("'not a domain' is no domain"));
    assertThat(doctor("jane@x.test").status()).isEqualTo(2);
    assertThat(doctor("x.test", "--relay-ip", "mail.x.test").err()).contains("no IP address");
    assertThat(doctor("x.test", "--resolver", "dns.x.test").err())
        .contains("no address of a DNS server");
    assertThat(doctor("x.test", "--esp", "pigeon").err()).contains("SENDGRID");
  }

  @Test
  void internationalDomainsAreAskedInAscii() {
    doctor("bücher.test");

    assertThat(server.questions())
        .extracting(AuthoritativeDns.Question::name)
        .contains("xn--bcher-kva.test");
  }
}

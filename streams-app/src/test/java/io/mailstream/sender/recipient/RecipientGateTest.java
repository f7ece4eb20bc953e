package io.mailstream.sender.recipient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.dns.DnsSettings;
import io.mailstream.v1.ReasonCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RecipientGateTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> asked = new ArrayList<>();

  private RecipientGate gate(Duration timeout, int waits, CompletableFuture<Verdict> answer) {
    return new RecipientGate(
        Optional.of((address, domain) -> {
          asked.add(address + " " + domain);
          return answer;
        }),
        timeout,
        waits,
        meters);
  }

  private double count(String verdict) {
    return meters
        .get("mailstream.sender.recipient.checks")
        .tag("verdict", verdict)
        .counter()
        .count();
  }

  @Test
  void withoutACheckMailGoes() {
    RecipientGate gate = new RecipientGate(Optional.empty(), Duration.ofSeconds(1), 1, meters);

    assertThat(gate.ask("jane@x.test", "jane@x.test")).isEqualTo(Verdict.GOOD);
    assertThat(count("deliverable")).isZero();
  }

  @Test
  void theVerdictIsThatOfTheCheckByTheAddressAsGivenAndItsDomain() {
    Verdict refused = new Verdict.Refused(ReasonCode.INVALID_ADDRESS, "no such mailbox");
    RecipientGate gate =
        gate(Duration.ofSeconds(30), 1, CompletableFuture.completedFuture(refused));

    assertThat(gate.ask("Jane@Bücher.test", "jane@xn--bcher-kva.test")).isEqualTo(refused);
    assertThat(asked).containsExactly("Jane@Bücher.test xn--bcher-kva.test");
    assertThat(count("refused")).isEqualTo(1);
  }

  @Test
  void withoutAVerdictInTimeMailGoesAndThePlaceIsFreeAgain() {
    RecipientGate gate = gate(Duration.ofMillis(1), 1, new CompletableFuture<>());

    for (int i = 0; i < 3; i++) {
      assertThat(gate.ask("jane@x.test", "jane@x.test"))
          .isEqualTo(new Verdict.Unknown("no verdict within 1 ms"));
    }
    assertThat(count("unknown")).isEqualTo(3);
  }

  @Test
  void noMoreWaitThanMay() {
    RecipientGate gate = gate(Duration.ofSeconds(30), 0, new CompletableFuture<>());

    assertThat(gate.ask("jane@x.test", "jane@x.test"))
        .isEqualTo(new Verdict.Unknown("too many mails wait for the check"));
    // What is known already need not wait.
    RecipientGate known =
        gate(Duration.ofSeconds(30), 0, CompletableFuture.completedFuture(Verdict.GOOD));
    assertThat(known.ask("jane@x.test", "jane@x.test")).isEqualTo(Verdict.GOOD);
  }

  @Test
  void aCheckThatFailsLetsMailGo() {
    RecipientGate throwing =
        new RecipientGate(
            Optional.of((address, domain) -> {
              throw new IllegalStateException(address);
            }),
            Duration.ofSeconds(1),
            1,
            meters);
    RecipientGate failing =
        gate(
            Duration.ofSeconds(1),
            1,
            CompletableFuture.failedFuture(new IllegalStateException("jane@x.test")));

    assertThat(throwing.ask("jane@x.test", "jane@x.test"))
        .isEqualTo(new Verdict.Unknown("IllegalStateException"));
    assertThat(failing.ask("jane@x.test", "jane@x.test"))
        .isEqualTo(new Verdict.Unknown("IllegalStateException"));
  }

  @Test
  void aClassThatIsNotThereIsNamed() {
    RecipientCheckConfig config =
        new RecipientCheckConfig(
            "com.example.Missing",
            Duration.ofSeconds(1),
            DnsSettings.once(List.of(), Duration.ofSeconds(1)),
            Optional.empty(),
            "report",
            Map.of());

    assertThatThrownBy(() -> RecipientGate.create(config, 1, meters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("com.example.Missing")
        .hasMessageContaining(RecipientCheckConfig.CHECK);
  }
}

package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Account;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.v1.AccountStatus;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.ReasonCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class AccountGateTest {

  private static final long NOW = 1_000_000;
  private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(50);

  private final AccountGate gate = gate(Map.of());

  @Test
  void asMuchIsPlannedAsMayBeUnderWay() {
    int bulk = 0;
    for (; gate.plan(true, NOW, 0) instanceof AccountGate.Decision.Go; bulk++) {
      gate.planned();
    }
    int urgent = 0;
    for (; gate.plan(false, NOW, 0) instanceof AccountGate.Decision.Go; urgent++) {
      gate.planned();
    }
    assertThat(bulk).isEqualTo(16);
    assertThat(urgent).isEqualTo(4);
    gate.unplanned();
    assertThat(gate.plan(false, NOW, 0)).isInstanceOf(AccountGate.Decision.Go.class);
  }

  @Test
  void throttlingHalvesTheConcurrencyToo() {
    gate.called(
        new SendOutcome.Deferred(
            Scope.RATE, Optional.empty(), ReasonCode.ESP_THROTTLED, "slow down"),
        NOW,
        0,
        QUICK);
    assertThat(gate.concurrency().limit()).isEqualTo(10);
  }

  @Test
  void slowCallsSuspendTheAccount() {
    call(gate, 19, TimeUnit.SECONDS.toNanos(11));
    assertThat(gate.trouble(NOW)).as("19 say nothing").isEmpty();
    call(gate, 1, TimeUnit.SECONDS.toNanos(11));
    assertThat(gate.trouble(NOW)).hasValueSatisfying(why -> assertThat(why).contains("in time"));
    assertThat(gate.state(NOW).status()).isEqualTo(AccountStatus.SUSPENDED);
    assertThat(gate.call(NOW))
        .isInstanceOfSatisfying(
            AccountGate.Decision.Back.class,
            back -> {
              assertThat(back.reason()).isEqualTo(DeferralReason.NOT_STARTED);
              assertThat(back.code()).isEqualTo(ReasonCode.ESP_UNAVAILABLE);
            });
  }

  @Test
  void someSlowCallsDoNotSuspendIt() {
    for (int i = 0; i < 50; i++) {
      call(gate, 1, i % 4 == 0 ? QUICK : TimeUnit.SECONDS.toNanos(11));
    }
    assertThat(gate.trouble(NOW)).isEmpty();
    assertThat(gate.breaker().slowShare()).isBetween(0.7, 0.8);
  }

  @Test
  void whatIsSlowIsSet() {
    AccountGate strict =
        gate(Map.of(SenderConfig.SLOW_CALL, "40", SenderConfig.SLOW_CALL_PERCENT, "10"));
    call(strict, 20, QUICK);
    assertThat(strict.trouble(NOW)).isPresent();
    AccountGate patient = gate(Map.of(SenderConfig.SLOW_CALL, "0"));
    call(patient, 50, TimeUnit.HOURS.toNanos(1));
    assertThat(patient.trouble(NOW)).isEmpty();
  }

  @Test
  void metersSayHowItDoes() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    new SenderMetrics(meters).account(gate);
    gate.planned();
    call(gate, 30, TimeUnit.SECONDS.toNanos(11));
    assertThat(meters.get("mailstream.sender.account.calls").tag("account", "main").gauge().value())
        .isEqualTo(1);
    assertThat(meters.get("mailstream.sender.account.calls.limit").gauge().value()).isEqualTo(20);
    assertThat(meters.get("mailstream.sender.account.calls.slow.ratio").gauge().value())
        .isEqualTo(1);
    assertThat(meters.get("mailstream.sender.account.calls.failed.ratio").gauge().value()).isZero();
    assertThat(meters.get("mailstream.sender.account.open").gauge().value()).isZero();
  }

  private static void call(AccountGate gate, int times, long nanos) {
    for (int i = 0; i < times; i++) {
      gate.call(NOW);
      gate.called(new SendOutcome.Accepted("id"), NOW, 0, nanos);
    }
  }

  private static AccountGate gate(Map<String, String> settings) {
    ServiceConfig config =
        new ServiceConfig(
            CommonConfig.add(SenderConfig.define(new ConfigDef())),
            with(settings),
            SenderConfig.passThrough()) {};
    return new AccountGate(
        new Account("main", "test", Optional.empty(), Map.of()),
        new CountingProvider(),
        SenderConfig.of(config),
        () -> Instant.ofEpochMilli(NOW));
  }

  private static Map<String, String> with(Map<String, String> settings) {
    Map<String, String> all = new java.util.HashMap<>(settings);
    all.put("bootstrap.servers", "127.0.0.1:1");
    all.put("schema.registry.url", "http://127.0.0.1:1");
    return all;
  }
}

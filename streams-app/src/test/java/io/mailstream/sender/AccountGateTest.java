package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Account;
import io.mailstream.policy.DomainGroups;
import io.mailstream.policy.Limit;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.v1.AccountStatus;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.ReasonCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountGateTest {

  private static final long NOW = 1_000_000;
  private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(50);

  private static final SendOutcome THROTTLED =
      new SendOutcome.Deferred(Scope.RATE, Optional.empty(), ReasonCode.ESP_THROTTLED, "slow down");

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
    gate.called(THROTTLED, NOW, 0, QUICK);
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

  /** Of ten calls three are throttled, two fail and one takes very long, at made-up times. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noStormMakesItFasterThanItsRateOrWiderThanTheOpenSends(long seed) {
    Random random = new Random(seed);
    double rate = 20 + random.nextInt(200);
    double burst = 1 + random.nextInt(20);
    AccountGate stormy = gate(Map.of(), Optional.of(new Limit(rate, burst)));
    stormy.share(1, 0);
    List<Long> calls = new ArrayList<>();
    PriorityQueue<Call> underWay = new PriorityQueue<>();
    long now = 0;
    for (int i = 0; i < 20_000 && calls.size() < 1_500; i++) {
      now += TimeUnit.MILLISECONDS.toNanos(5);
      stormy.tick(now);
      while (!underWay.isEmpty() && underWay.peek().end() <= now) {
        end(stormy, underWay.remove());
      }
      while (stormy.plan(i % 2 == 0, NOW, now) instanceof AccountGate.Decision.Go) {
        stormy.planned();
        stormy.concurrency().enter();
        stormy.unplanned();
        long at = now + stormy.pace().take(now);
        calls.add(at);
        underWay.add(new Call(at, at + latency(random), outcome(random)));
      }
      assertThat(underWay).hasSizeLessThanOrEqualTo(250);
    }
    assertThat(calls).hasSizeGreaterThan(500);
    for (int from = 0; from < calls.size(); from += 7) {
      for (int to = from; to < calls.size(); to++) {
        double seconds = (calls.get(to) - calls.get(from)) / 1e9;
        assertThat(to - from + 1.0)
            .as("seed %d: calls within %f s at %f a second, burst %f", seed, seconds, rate, burst)
            .isLessThanOrEqualTo(seconds * rate + burst + 1e-3);
      }
    }
  }

  private record Call(long begin, long end, SendOutcome outcome) implements Comparable<Call> {
    @Override
    public int compareTo(Call other) {
      return Long.compare(end, other.end);
    }
  }

  private static void end(AccountGate gate, Call call) {
    gate.call(NOW);
    gate.called(call.outcome(), NOW, call.end(), call.end() - call.begin());
    gate.concurrency().leave();
  }

  private static long latency(Random random) {
    return TimeUnit.MILLISECONDS.toNanos(
        random.nextInt(10) == 0 ? 5_000 : 50 + random.nextInt(100));
  }

  private static SendOutcome outcome(Random random) {
    int chance = random.nextInt(10);
    if (chance < 3) {
      return THROTTLED;
    }
    return chance < 5 ? new SendOutcome.Ambiguous("cut") : new SendOutcome.Accepted("id");
  }

  @Test
  void metersSayHowItDoes() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    new SenderMetrics(Topics.withDefaultPrefix(), DomainGroups.known(), meters).account(gate);
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
    return gate(settings, Optional.empty());
  }

  private static AccountGate gate(Map<String, String> settings, Optional<Limit> limit) {
    SenderConfig sender = SenderConfigs.with(settings);
    return new AccountGate(
        new Account("main", "test", limit, Map.of()),
        new CountingProvider(),
        sender.callsOfOne(1),
        sender.slow(),
        () -> Instant.ofEpochMilli(NOW));
  }
}

package io.mailstream.streams.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.policy.Account;
import io.mailstream.policy.Deduplication;
import io.mailstream.policy.DomainGroups;
import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.policy.Retry;
import io.mailstream.policy.Routes;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.policy.SuppressionRules;
import io.mailstream.policy.Tenant;
import io.mailstream.v1.Lane;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ThrottleTest {

  private static final long T0 = 1_700_000_000_000L;
  private static final Flow NEWS = new Flow("acme", "news", "main");
  private static final Limit RECIPIENT = new Limit(1, 1);
  private static final Flow DIGEST = new Flow("acme", "digest", "main");

  private final States states = new States();

  @Test
  void a_delivery_is_subject_to_its_account_tenant_and_stream() {
    Throttle throttle = throttle(new Limit(1, 1), new Limit(1, 1));
    assertThat(throttle.gates(NEWS, T0))
        .extracting(Gate::scope)
        .containsExactly(
            new Scope.Account("main"), new Scope.Tenant("acme"), new Scope.Stream("acme", "news"));
    assertThat(throttle.gates(new Flow("nobody", "x", "gone"), T0))
        .extracting(Gate::scope)
        .containsExactly(new Scope.Account("gone"), new Scope.Stream("nobody", "x"));
  }

  @Test
  void takes_everywhere_or_nowhere() {
    Throttle throttle = throttle(new Limit(0.001, 5), new Limit(0.001, 1));
    assertThat(throttle.tryTake(throttle.gates(NEWS, T0), Lane.BULK, T0)).isTrue();
    for (int i = 0; i < 10; i++) {
      assertThat(throttle.tryTake(throttle.gates(NEWS, T0), Lane.BULK, T0)).isFalse();
    }
    // The tenant's five less one for news and one in reserve.
    int digests = 0;
    while (throttle.tryTake(throttle.gates(DIGEST, T0), Lane.BULK, T0)) {
      digests++;
    }
    assertThat(digests).isEqualTo(3);
  }

  @Test
  void a_restart_does_not_refill() {
    Throttle before = throttle(new Limit(0.001, 1), new Limit(1, 100));
    assertThat(before.tryTake(before.gates(NEWS, T0), Lane.BULK, T0)).isTrue();
    Throttle after = throttle(new Limit(0.001, 1), new Limit(1, 100));
    assertThat(after.tryTake(after.gates(NEWS, T0), Lane.BULK, T0)).isFalse();
  }

  @Test
  void a_parked_account_stays_shut_over_a_restart() {
    Throttle before = throttle(new Limit(100, 100), new Limit(100, 100));
    before.park("main", T0 + 5000, T0);
    before.park("main", T0 + 1000, T0);
    Throttle after = throttle(new Limit(100, 100), new Limit(100, 100));
    List<Gate> gates = after.gates(DIGEST, T0);
    assertThat(Throttle.firstShut(gates, Lane.TRANSACTIONAL, T0 + 4999))
        .map(Gate::scope)
        .contains(new Scope.Account("main"));
    assertThat(gates.getFirst().opensAt(Lane.BULK, T0)).isEqualTo(T0 + 5000);
    assertThat(after.tryTake(gates, Lane.BULK, T0 + 5000)).isTrue();
  }

  @Test
  void what_is_as_good_as_new_is_forgotten() {
    Throttle throttle = throttle(new Limit(1, 2), new Limit(1, 1));
    throttle.tryTake(throttle.gates(NEWS, T0), Lane.BULK, T0);
    assertThat(states.kept).hasSize(2);
    throttle.forgetIdle(T0 + 500);
    assertThat(states.kept).hasSize(2);
    assertThat(throttle.tryTake(throttle.gates(NEWS, T0), Lane.BULK, T0 + 500)).isFalse();
    throttle.forgetIdle(T0 + 1000);
    assertThat(states.kept).isEmpty();
    assertThat(throttle.size()).isZero();
    assertThat(throttle.tryTake(throttle.gates(NEWS, T0), Lane.BULK, T0 + 1000)).isTrue();
  }

  @Test
  void a_recipients_limit_is_not_split_as_a_tenants_is() {
    Throttle throttle = throttle(new Limit(10, 10), new Limit(1, 1), 10);
    Gate tenant = find(throttle, new Scope.Tenant("acme"));
    Gate recipient = find(throttle, new Scope.Recipient("acme", "", "r"));
    tenant.take(Lane.BULK, T0);
    recipient.take(Lane.BULK, T0);

    assertThat(tenant.opensAt(Lane.BULK, T0)).isEqualTo(T0 + 1000);
    assertThat(recipient.opensAt(Lane.BULK, T0)).isEqualTo(T0 + 1000);
  }

  private static Gate find(Throttle throttle, Scope scope) {
    return throttle.gates(to("r"), T0).stream()
        .filter(gate -> gate.scope().equals(scope))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void millions_of_recipients_stay_neither_in_memory_nor_in_the_store() {
    Throttle throttle = throttle(new Limit(1e6, 1e9), new Limit(1e6, 1e9));
    int recipients = Throttle.MOST_IN_MEMORY + 10;
    for (int i = 0; i < recipients; i++) {
      assertThat(throttle.tryTake(throttle.gates(to("r" + i), T0), Lane.BULK, T0)).isTrue();
    }
    assertThat(throttle.size()).isLessThan(recipients);
    assertThat(throttle.tryTake(throttle.gates(to("r0"), T0), Lane.BULK, T0)).isFalse();
    assertThat(throttle.tryTake(throttle.gates(to("r1"), T0 + 999), Lane.BULK, T0 + 999)).isFalse();

    throttle.forgetIdle(T0 + 60_000);
    assertThat(states.kept).isEmpty();
  }

  @Test
  void comes_round_to_every_state_that_is_left_from_before() {
    for (int i = 0; i < 5_000; i++) {
      Scope scope = new Scope.Recipient("acme", "", "r" + i);
      states.put(scope, Gate.fresh(scope, Optional.empty(), T0).encode());
    }
    Throttle throttle = throttle(new Limit(1, 1), new Limit(1, 1));
    throttle.forgetIdle(T0);
    assertThat(states.kept).isNotEmpty();
    throttle.forgetIdle(T0);
    throttle.forgetIdle(T0);
    assertThat(states.kept).isEmpty();
  }

  private static Flow to(String recipient) {
    return new Flow("acme", "digest", "main", "", "", recipient);
  }

  @Test
  void refuses_a_state_that_it_cannot_read() {
    states.put(new Scope.Tenant("acme"), new byte[] {9, 1, 2});
    Throttle throttle = throttle(new Limit(1, 1), new Limit(1, 1));
    assertThatThrownBy(() -> throttle.gates(NEWS, T0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("version 9");
  }

  @Test
  void scopes_have_distinct_keys_that_are_no_prefixes() {
    List<byte[]> keys =
        List.of(
            new Scope.Tenant("a").encode(),
            new Scope.Tenant("ab").encode(),
            new Scope.Tenant("a\0").encode(),
            new Scope.Stream("a", "b").encode(),
            new Scope.Stream("ab", "").encode(),
            new Scope.Stream("a\0\0", "b").encode(),
            new Scope.Account("a").encode(),
            new Scope.Domain("a", "b").encode(),
            new Scope.Actor("a", "", "b").encode(),
            new Scope.Recipient("a", "", "b").encode());
    assertThat(keys).allSatisfy(key -> assertThat(Scope.decode(key).encode()).isEqualTo(key));
    for (byte[] one : keys) {
      for (byte[] other : keys) {
        if (!Arrays.equals(one, other)) {
          int mismatch = Arrays.mismatch(one, other);
          assertThat(mismatch).isBetween(0, Math.min(one.length, other.length) - 1);
        }
      }
    }
  }

  private Throttle throttle(Limit tenant, Limit news) {
    return throttle(tenant, news, 1);
  }

  private Throttle throttle(Limit tenant, Limit news, int partitions) {
    Policies policies =
        new Policies(
            Map.of("main", new Account("main", "ses", Optional.empty(), Map.of())),
            Map.of(
                "acme",
                new Tenant(
                    "acme",
                    Set.of("*"),
                    Routes.only("main"),
                    Set.of(),
                    Optional.of(tenant),
                    Optional.empty(),
                    Optional.of(RECIPIENT),
                    Map.of(
                        "news",
                        new StreamPolicy(
                            "news",
                            Optional.empty(),
                            Optional.of(news),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Duration.ZERO,
                            false)),
                    Optional.of(
                        new StreamPolicy(
                            "*",
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Duration.ZERO,
                            false)))),
            Optional.empty(),
            DomainGroups.known(),
            new Retry(Duration.ofSeconds(1), 2, Duration.ofMinutes(1), 0, 3, Duration.ofHours(1)),
            new Deduplication(Duration.ofHours(1), 1),
            SuppressionRules.usual(),
            1024,
            1024,
            1);
    return new Throttle(new Limits(policies, partitions), AccountRates.UNKNOWN, states);
  }

  private static final class States implements GateStates {
    private final Map<Scope, byte[]> kept =
        new TreeMap<>(Comparator.comparing(Scope::encode, Arrays::compareUnsigned));

    @Override
    public Optional<byte[]> get(Scope scope) {
      return Optional.ofNullable(kept.get(scope));
    }

    @Override
    public void put(Scope scope, byte[] state) {
      kept.put(scope, state);
    }

    @Override
    public List<Scope> scopes(Optional<Scope> after, int most) {
      return kept.keySet().stream()
          .filter(scope ->
              after.isEmpty() || Arrays.compareUnsigned(scope.encode(), after.get().encode()) > 0)
          .limit(most)
          .toList();
    }

    @Override
    public void remove(Scope scope) {
      kept.remove(scope);
    }
  }
}

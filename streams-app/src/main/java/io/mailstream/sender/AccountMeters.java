package io.mailstream.sender;

import io.mailstream.sender.provider.EmailProvider.AccountQuota;
import io.mailstream.sender.provider.EmailProvider.Connections;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.AccountStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/** The meters of accounts: whether each takes mail, how much, and how its ESP answers. */
final class AccountMeters {

  /** How calls of an ESP end, for the metrics. */
  private enum Ending {
    ACCEPTED,
    REJECTED,
    AMBIGUOUS,
    FAILED,
    THROTTLED,
    PARKED
  }

  private static final List<AccountStatus> STATES =
      List.of(
          AccountStatus.OPEN, AccountStatus.SLOWED, AccountStatus.SUSPENDED, AccountStatus.PARKED);

  private static final Duration[] LATENCIES = {
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30)
  };

  private final MeterRegistry registry;
  private final Map<String, Map<Ending, Timer>> calls = new ConcurrentHashMap<>();

  AccountMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void register(AccountGate account) {
    calls(account.name());
    for (AccountStatus state : STATES) {
      Gauge.builder(
              "mailstream.sender.account.state",
              account,
              gate -> gate.state(System.currentTimeMillis()).status() == state ? 1 : 0)
          .description("The account's state: 1 for the one it is in, else 0")
          .tag("account", account.name())
          .tag("state", label(state))
          .register(registry);
    }
    gauge(
        account,
        "mailstream.sender.account.open",
        "Whether the account takes mail: 1, or 0 while it is parked or suspended",
        gate -> gate.trouble(System.currentTimeMillis()).isPresent() ? 0 : 1);
    gauge(
        account,
        "mailstream.sender.account.calls",
        "Calls of the account under way or about to begin",
        gate -> gate.concurrency().underWay());
    gauge(
        account,
        "mailstream.sender.account.calls.limit",
        "How many calls of the account may be under way: grows while it does well",
        gate -> gate.concurrency().limit());
    gauge(
        account,
        "mailstream.sender.account.calls.failed.ratio",
        "The share of the account's last calls that failed, as its circuit breaker sees it",
        gate -> gate.breaker().failedShare());
    gauge(
        account,
        "mailstream.sender.account.calls.slow.ratio",
        "The share of the account's last calls that were slow, as its circuit breaker sees it",
        gate -> gate.breaker().slowShare());
    gauge(
        account,
        "mailstream.sender.account.quota.daily",
        "Mails that the ESP takes of the account in 24 hours; NaN: without limit, or not known",
        gate -> limited(gate, AccountQuota::perDay));
    gauge(
        account,
        "mailstream.sender.account.quota.remaining",
        "What is left of them now; NaN: without limit, or not known",
        gate -> limited(gate, AccountQuota::remainingToday));
    if (account.provider().connections().isPresent()) {
      connections(account, "leased", Connections::leased);
      connections(account, "idle", Connections::idle);
      connections(account, "pending", Connections::pending);
    }
  }

  private static double limited(AccountGate account, ToDoubleFunction<AccountQuota> value) {
    return account.quota().map(value::applyAsDouble).filter(limit -> limit >= 0).orElse(Double.NaN);
  }

  private void connections(AccountGate account, String state, ToIntFunction<Connections> count) {
    Gauge.builder(
            "mailstream.sender.account.connections",
            account,
            gate -> gate.provider().connections().map(count::applyAsInt).orElse(0))
        .description("Connections to the account's ESP, and calls that wait for one")
        .tag("account", account.name())
        .tag("state", state)
        .register(registry);
  }

  private void gauge(
      AccountGate account, String name, String description, ToDoubleFunction<AccountGate> value) {
    Gauge.builder(name, account, value)
        .description(description)
        .tag("account", account.name())
        .register(registry);
  }

  void called(String account, SendOutcome outcome, long nanos) {
    calls(account).get(ending(outcome)).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Map<Ending, Timer> calls(String account) {
    return calls.computeIfAbsent(
        account,
        name -> {
          Map<Ending, Timer> timers = new EnumMap<>(Ending.class);
          for (Ending ending : Ending.values()) {
            timers.put(
                ending,
                Timer.builder("mailstream.sender.call")
                    .description("Calls of the ESP, by how they ended")
                    .tag("account", name)
                    .tag("outcome", label(ending))
                    .serviceLevelObjectives(LATENCIES)
                    .register(registry));
          }
          return timers;
        });
  }

  private static Ending ending(SendOutcome outcome) {
    return switch (outcome) {
      case SendOutcome.Accepted accepted -> Ending.ACCEPTED;
      case SendOutcome.Rejected rejected -> Ending.REJECTED;
      case SendOutcome.Ambiguous ambiguous -> Ending.AMBIGUOUS;
      case SendOutcome.Deferred deferred ->
          switch (deferred.scope()) {
            case MESSAGE -> Ending.FAILED;
            case RATE -> Ending.THROTTLED;
            case IDENTITY, ACCOUNT -> Ending.PARKED;
          };
    };
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

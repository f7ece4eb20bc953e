package io.mailstream.sender;

import io.mailstream.sender.provider.EmailProvider.Connections;
import io.mailstream.sender.provider.SendOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * The sender's meters. Every record of the dispatch topics ends in exactly one outcome: once all
 * are finished, {@code mailstream_sender_outcomes} over its kinds is the number of records.
 */
final class SenderMetrics {

  private final MeterRegistry registry;
  private final Map<Outcome.Kind, Counter> outcomes = new EnumMap<>(Outcome.Kind.class);
  private final Map<Call, Timer> calls = new ConcurrentHashMap<>();
  private final Counter commits;
  private final Counter aborts;
  private final Counter paced;
  private final Counter gateWaits;
  private final Counter evidence;
  private final Counter recommits;

  SenderMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      outcomes.put(
          kind,
          Counter.builder("mailstream.sender.outcomes")
              .description("Dispatched deliveries by how they left the sender")
              .tag("kind", kind.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    commits = counter("mailstream.sender.commits", "Transactions committed");
    aborts = counter("mailstream.sender.aborts", "Transactions aborted; their content goes again");
    paced = counter("mailstream.sender.paced", "Calls that waited for the account's rate");
    gateWaits =
        counter("mailstream.sender.gate.waits", "Calls put off: the suppressions were not fresh");
    evidence = counter("mailstream.sender.evidence", "Results for partitions that went elsewhere");
    recommits =
        counter("mailstream.sender.recommits", "Calls that came too late after their commit");
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  MeterRegistry registry() {
    return registry;
  }

  /** A value that is asked for when it is looked at. */
  <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
    Gauge.builder("mailstream.sender." + name, of, value)
        .description(description)
        .register(registry);
  }

  /** Whether an account takes mail, and how it does. */
  void account(AccountGate account) {
    account(
        account,
        "open",
        "Whether the account takes mail: 1, or 0 while it is parked or suspended",
        gate -> gate.trouble(System.currentTimeMillis()).isPresent() ? 0 : 1);
    account(
        account,
        "calls",
        "Calls of the account under way or about to begin",
        gate -> gate.concurrency().underWay());
    account(
        account,
        "calls.limit",
        "How many calls of the account may be under way: grows while it does well",
        gate -> gate.concurrency().limit());
    account(
        account,
        "calls.failed.ratio",
        "The share of the account's last calls that failed, as its circuit breaker sees it",
        gate -> gate.breaker().failedShare());
    account(
        account,
        "calls.slow.ratio",
        "The share of the account's last calls that were slow, as its circuit breaker sees it",
        gate -> gate.breaker().slowShare());
    if (account.provider().connections().isPresent()) {
      connections(account, "leased", Connections::leased);
      connections(account, "idle", Connections::idle);
      connections(account, "pending", Connections::pending);
    }
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

  private void account(
      AccountGate account, String name, String description, ToDoubleFunction<AccountGate> value) {
    Gauge.builder("mailstream.sender.account." + name, account, value)
        .description(description)
        .tag("account", account.name())
        .register(registry);
  }

  void ended(Outcome.Kind kind) {
    outcomes.get(kind).increment();
  }

  void called(String account, SendOutcome outcome, long nanos) {
    calls
        .computeIfAbsent(
            new Call(account, name(outcome)),
            call ->
                Timer.builder("mailstream.sender.call")
                    .description("Calls of the ESP, by how they ended")
                    .tag("account", call.account)
                    .tag("outcome", call.outcome)
                    .register(registry))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private record Call(String account, String outcome) {}

  private static String name(SendOutcome outcome) {
    return switch (outcome) {
      case SendOutcome.Accepted accepted -> "accepted";
      case SendOutcome.Rejected rejected -> "rejected";
      case SendOutcome.Ambiguous ambiguous -> "ambiguous";
      case SendOutcome.Deferred deferred ->
          switch (deferred.scope()) {
            case MESSAGE -> "failed";
            case RATE -> "throttled";
            case IDENTITY, ACCOUNT -> "parked";
          };
    };
  }

  /** New credentials were found. */
  void reloaded(String account, String outcome) {
    Counter.builder("mailstream.sender.credentials.reloads")
        .description("New credentials of accounts, by whether they are used")
        .tag("account", account)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  void committed() {
    commits.increment();
  }

  void aborted() {
    aborts.increment();
  }

  void paced() {
    paced.increment();
  }

  void gateWait() {
    gateWaits.increment();
  }

  void evidence() {
    evidence.increment();
  }

  void recommitted() {
    recommits.increment();
  }
}

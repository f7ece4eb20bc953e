package io.mailstream.sender;

import io.mailstream.policy.DomainGroups;
import io.mailstream.policy.Tenant;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.provider.SendOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * The sender's meters. Every record of the dispatch topics ends in exactly one outcome: once all
 * are finished, {@code mailstream_sender_outcomes} over its kinds is the number of records.
 */
final class SenderMetrics {

  private final MeterRegistry registry;
  private final AccountMeters accounts;
  private final OutcomeMeters outcomes;
  private final Counter commits;
  private final Counter aborts;
  private final Counter paced;
  private final Counter gateWaits;
  private final Counter evidence;
  private final Counter recommits;

  SenderMetrics(Topics topics, DomainGroups groups, MeterRegistry registry) {
    this.registry = registry;
    accounts = new AccountMeters(registry);
    outcomes = new OutcomeMeters(topics, groups, registry);
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
    Gauge.builder(name, of, value).description(description).register(registry);
  }

  /** Whether an account takes mail, and how it does. */
  void account(AccountGate account) {
    accounts.register(account);
  }

  /** Has what the policies name begin at 0. */
  void expect(Collection<Tenant> tenants) {
    outcomes.expect(tenants);
  }

  void ended(Send send) {
    outcomes.ended(send);
  }

  void called(String account, SendOutcome outcome, long nanos) {
    accounts.called(account, outcome, nanos);
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

package io.mailstream.sender;

import io.mailstream.policy.Account;
import io.mailstream.policy.Limit;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.EmailProvider.AccountQuota;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.AccountStatus;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * One account: its provider, its pace and concurrency, whether it is parked, and its circuit
 * breaker. Decides whether mail may be planned for it and called now. Safe for many threads.
 */
final class AccountGate implements AutoCloseable {

  /** What becomes of a delivery that wants to go through the account. */
  sealed interface Decision {
    /** It may be started. */
    record Go() implements Decision {}

    /** Not now, but within a moment. */
    record Wait() implements Decision {}

    /** Not now: it goes back to the topology. */
    record Back(DeferralReason reason, Optional<Instant> notBefore, ReasonCode code, String detail)
        implements Decision {}
  }

  private static final Decision GO = new Decision.Go();
  private static final Decision WAIT = new Decision.Wait();

  private static final Duration PARKED = Duration.ofMinutes(1);

  private final Account account;
  private final ReloadableProvider provider;
  private final Pace pace = new Pace();
  private final ConcurrencyLimit concurrency;
  private final AccountBreaker breaker;
  private final Slowdown slowdown = new Slowdown(System.nanoTime());
  private final ReturnTimes returns = new ReturnTimes();

  private volatile Runnable changed = () -> {};
  private volatile Parked parked = new Parked(0, "");
  private volatile Optional<AccountQuota> quota = Optional.empty();
  private volatile String renewalTrouble = "";
  private volatile double rate = Double.POSITIVE_INFINITY;
  private volatile double share;

  private record Parked(long until, String why) {}

  /**
   * What is known of the account.
   *
   * @param until when it is tried again; empty: it takes mail
   * @param detail why it takes none or less, for people; empty: it is open
   * @param ratePerSecond what this instance paces itself at; empty: without a limit
   * @param quotaLeft what the ESP still takes in its day; empty: without a limit, or unknown
   */
  record State(
      AccountStatus status,
      Optional<Instant> until,
      Optional<String> detail,
      Optional<Double> ratePerSecond,
      Optional<Double> quotaLeft) {

    /** What a rate may differ by without a word. */
    private static final double LITTLE = 0.05;

    /** Whether another says about the same on where mail may go, and how fast. */
    boolean isSameFor(State other) {
      return status == other.status
          && until.equals(other.until)
          && Math.abs(paced() - other.paced()) <= LITTLE * paced();
    }

    private double paced() {
      return ratePerSecond.orElse(Double.MAX_VALUE);
    }

    /** Whether it says anything that ages: how fast, or how much. */
    boolean ages() {
      return ratePerSecond.isPresent() || quotaLeft.isPresent();
    }
  }

  /**
   * An account that takes mail.
   *
   * @param most the most calls that it may have under way
   */
  AccountGate(
      Account account,
      EmailProvider provider,
      int most,
      AccountBreaker.Slow slow,
      InstantSource clock) {
    this.account = account;
    this.provider = new ReloadableProvider(provider, clock);
    this.concurrency = new ConcurrencyLimit(most);
    this.breaker = new AccountBreaker(account.name(), slow, clock, () -> changed.run());
  }

  /** Has something run whenever the account begins to take no mail. */
  void onChange(Runnable listener) {
    changed = listener;
  }

  String kind() {
    return account.provider();
  }

  String name() {
    return account.name();
  }

  EmailProvider provider() {
    return provider;
  }

  Pace pace() {
    return pace;
  }

  ConcurrencyLimit concurrency() {
    return concurrency;
  }

  AccountBreaker breaker() {
    return breaker;
  }

  /** A call is planned. */
  void planned() {
    concurrency.enter();
    pace.plan();
  }

  /** A planned call is made now, or is not made. */
  void unplanned() {
    pace.unplan();
    concurrency.leave();
  }

  /**
   * Whether another delivery may be started.
   *
   * @param bulk whether it is bulk mail
   * @param nanos of the pace's clock
   */
  Decision plan(boolean bulk, long now, long nanos) {
    Optional<Decision> back = back(now);
    if (back.isPresent()) {
      return back.get();
    }
    return concurrency.hasRoom(bulk) && pace.mayPlan(nanos) ? GO : WAIT;
  }

  /** When a delivery that makes way for mail of other accounts may come back; now in ms. */
  Instant makesWay(long now) {
    return Instant.ofEpochMilli(
        returns.next(Math.min(pace.perSecond(), slowdown.callsPerSecond()), now));
  }

  /** What keeps all of the account's mail from being started. */
  private Optional<Decision> back(long now) {
    Parked current = parked;
    if (now < current.until) {
      return Optional.of(
          new Decision.Back(
              DeferralReason.ACCOUNT_PARKED,
              Optional.of(Instant.ofEpochMilli(current.until)),
              ReasonCode.ACCOUNT_PARKED,
              current.why));
    }
    return breaker.isOpen() ? Optional.of(unavailable()) : Optional.empty();
  }

  /** Right before the call: whether it may be made. What is let through must report back. */
  Decision call(long now) {
    Optional<Decision> back = back(now);
    if (back.isPresent()) {
      return back.get();
    }
    if (!breaker.tryAcquire()) {
      return unavailable();
    }
    slowdown.called();
    return GO;
  }

  private Decision unavailable() {
    return new Decision.Back(
        DeferralReason.NOT_STARTED,
        Optional.of(Instant.ofEpochMilli(breaker.openUntil())),
        ReasonCode.ESP_UNAVAILABLE,
        "account %s does not answer in time: its calls are suspended until it does"
            .formatted(name()));
  }

  /** What a call came to. */
  void called(SendOutcome outcome, long now, long nanos, long durationNanos) {
    switch (outcome) {
      case SendOutcome.Accepted accepted -> answered(durationNanos);
      case SendOutcome.Rejected rejected -> answered(durationNanos);
      case SendOutcome.Ambiguous ambiguous -> failed(durationNanos);
      case SendOutcome.Deferred deferred -> {
        switch (deferred.scope()) {
          case MESSAGE -> failed(durationNanos);
          case RATE -> {
            breaker.answered(durationNanos);
            slowDown(nanos);
          }
          case IDENTITY -> answered(durationNanos);
          case ACCOUNT -> {
            answered(durationNanos);
            park(
                deferred.notBefore().map(Instant::toEpochMilli).orElse(now + PARKED.toMillis()),
                deferred.detail());
          }
        }
      }
    }
  }

  private void answered(long nanos) {
    breaker.answered(nanos);
    concurrency.answered(nanos);
  }

  private void failed(long nanos) {
    breaker.failed(nanos);
    concurrency.failed();
  }

  private void park(long until, String why) {
    parked = new Parked(until, "account %s is parked: %s".formatted(name(), why));
    changed.run();
  }

  /** The share of the account's rate that is this instance's: its partitions of all. */
  synchronized void share(double now, long nanos) {
    share = now;
    applyLimit(nanos);
  }

  /** Asks the provider what the account may send; blocks for as long as the provider does. */
  void refreshQuota(long now, long nanos) {
    quota = provider.quota();
    quota.ifPresent(said -> {
      if (!said.sendingEnabled()) {
        park(now + PARKED.toMillis(), "the ESP has switched its sending off");
      } else if (said.remainingToday() >= 0 && said.remainingToday() < 1) {
        park(now + PARKED.toMillis(), "its daily quota is used up");
      }
    });
    synchronized (this) {
      applyLimit(nanos);
    }
  }

  /** Lets a slowed account recover; called now and then. */
  synchronized void tick(long nanos) {
    if (slowdown.tick(nanos)) {
      applyLimit(nanos);
    }
  }

  private synchronized void slowDown(long nanos) {
    concurrency.throttled(nanos);
    if (slowdown.throttled(nanos)) {
      applyLimit(nanos);
    }
  }

  private void applyLimit(long nanos) {
    double ceiling =
        Math.min(
            account.limit().map(Limit::perSecond).orElse(Double.POSITIVE_INFINITY),
            quota.map(AccountQuota::maxPerSecond).orElse(Double.POSITIVE_INFINITY));
    double burst = account.limit().map(Limit::burst).orElse(0.0);
    double mine = Double.isInfinite(ceiling) ? ceiling : ceiling * share;
    rate = Math.max(slowdown.of(mine), 1e-3);
    pace.limit(rate, burst * share, nanos);
  }

  /**
   * Goes on with new credentials, where there are some. An account that was parked is tried again
   * at once: what kept it from sending may be mended.
   *
   * @return whether there were
   * @throws IllegalArgumentException if there are, and they cannot be used: the old ones stay
   */
  boolean renew(AccountProviders providers) {
    Optional<EmailProvider> next;
    try {
      next = providers.renew(account);
      renewalTrouble = "";
    } catch (RuntimeException e) {
      renewalTrouble =
          "account %s keeps its credentials, since the new ones cannot be used: %s"
              .formatted(name(), e.getMessage());
      throw e;
    }
    if (next.isEmpty()) {
      return false;
    }
    provider.replace(next.get());
    parked = new Parked(0, "");
    changed.run();
    return true;
  }

  /** What keeps new credentials from being used, for people; empty: nothing. */
  Optional<String> renewalTrouble() {
    return Optional.of(renewalTrouble).filter(text -> !text.isEmpty());
  }

  /** What is known of the account. */
  State state(long now) {
    Parked current = parked;
    if (now < current.until) {
      return state(AccountStatus.PARKED, current.until, current.why);
    }
    if (breaker.isOpen()) {
      return state(
          AccountStatus.SUSPENDED,
          breaker.openUntil(),
          "account %s does not answer in time".formatted(name()));
    }
    return slowdown.isSlowed()
        ? state(AccountStatus.SLOWED, 0, "account %s is slowed by its ESP".formatted(name()))
        : state(AccountStatus.OPEN, 0, "");
  }

  private State state(AccountStatus status, long until, String detail) {
    return new State(
        status,
        until == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(until)),
        Optional.of(detail).filter(text -> !text.isEmpty()),
        Optional.of(share == 0 ? 0 : rate).filter(Double::isFinite),
        quota.map(AccountQuota::remainingToday).filter(left -> left >= 0));
  }

  /** What the ESP says the account may send; empty: it does not say. */
  Optional<AccountQuota> quota() {
    return quota;
  }

  /** What keeps the account from sending, for people; empty: nothing. */
  Optional<String> trouble(long now) {
    State state = state(now);
    return state.until().isPresent() ? state.detail() : Optional.empty();
  }

  @Override
  public void close() {
    provider.close();
  }
}

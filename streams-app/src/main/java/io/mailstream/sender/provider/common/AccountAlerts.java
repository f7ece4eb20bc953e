package io.mailstream.sender.provider.common;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a person what only a person can mend: each thing at most once in ten minutes. */
public final class AccountAlerts {

  private static final Logger LOG = LoggerFactory.getLogger(AccountAlerts.class);
  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final int MOST = 100;

  private final String account;
  private final InstantSource clock;
  private final Map<String, Instant> told = new ConcurrentHashMap<>();

  /** The alerts of one account. */
  public AccountAlerts(String account, InstantSource clock) {
    this.account = account;
    this.clock = clock;
  }

  /** Looks at an outcome, and returns it. */
  public SendOutcome seen(SendOutcome outcome) {
    if (outcome instanceof Deferred deferred
        && (deferred.scope() == Scope.ACCOUNT || deferred.scope() == Scope.IDENTITY)
        && isDue(deferred.detail(), clock.instant())) {
      LOG.error("account {}: mail is waiting: {}", account, deferred.detail());
    }
    return outcome;
  }

  private boolean isDue(String detail, Instant now) {
    if (told.size() >= MOST) {
      told.clear();
    }
    return now.equals(
        told.merge(
            detail,
            now,
            (last, current) -> current.isBefore(last.plus(INTERVAL)) ? last : current));
  }
}

package io.mailstream.sender;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether the accounts' credentials have changed, and has those that have go on
 * with the new ones. Contents are compared: a mounted Secret is replaced by way of symbolic links.
 */
final class CredentialWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CredentialWatch.class);

  private final Collection<AccountGate> accounts;
  private final AccountProviders providers;
  private final SenderMetrics metrics;
  private final Duration interval;
  private final Map<String, String> told = new ConcurrentHashMap<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * A watch that has not begun.
   *
   * @param interval between two looks; zero: it never looks
   */
  CredentialWatch(
      Collection<AccountGate> accounts,
      AccountProviders providers,
      SenderMetrics metrics,
      Duration interval) {
    this.accounts = accounts;
    this.providers = providers;
    this.metrics = metrics;
    this.interval = interval;
  }

  void start() {
    if (interval.isPositive()) {
      Thread.ofVirtual().name("mailstream-credentials").start(this::run);
    }
  }

  private void run() {
    try {
      while (!stopped.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks once. */
  void look() {
    for (AccountGate account : accounts) {
      try {
        if (account.renew(providers)) {
          LOG.info("Account {} goes on with its new credentials", account.name());
          metrics.reloaded(account.name(), "done");
        }
        told.remove(account.name());
      } catch (RuntimeException e) {
        refused(account, e);
      }
    }
  }

  /** Each fault is told once: it is found again at every look. */
  private void refused(AccountGate account, RuntimeException why) {
    String message = String.valueOf(why.getMessage());
    if (!message.equals(told.put(account.name(), message))) {
      LOG.error(
          "Account {} keeps its credentials, since the new ones cannot be used: {}",
          account.name(),
          message);
      metrics.reloaded(account.name(), "refused");
    }
  }

  @Override
  public void close() {
    stopped.countDown();
  }
}

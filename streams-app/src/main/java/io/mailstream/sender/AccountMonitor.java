package io.mailstream.sender;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the ESPs now and then what the accounts may send. */
final class AccountMonitor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AccountMonitor.class);
  private static final Duration INTERVAL = Duration.ofSeconds(20);

  private final Collection<AccountGate> accounts;
  private final InstantSource clock;
  private final CountDownLatch askedOnce = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  AccountMonitor(Collection<AccountGate> accounts, InstantSource clock) {
    this.accounts = accounts;
    this.clock = clock;
  }

  void start() {
    Thread.ofVirtual().name("mailstream-accounts").start(this::run);
  }

  /** Waits until every account was asked for the first time, or as long as is reasonable. */
  void awaitFirst(Duration most) throws InterruptedException {
    if (!askedOnce.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.info("Not every ESP has said yet what its account may send: begun without");
    }
  }

  private void run() {
    try {
      do {
        for (AccountGate account : accounts) {
          try {
            account.refreshQuota(clock.millis(), System.nanoTime());
          } catch (RuntimeException e) {
            LOG.warn("Account {} could not be asked for its quota", account.name(), e);
          }
        }
        askedOnce.countDown();
      } while (!stopped.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopped.countDown();
  }
}

package io.mailstream.sender;

import io.mailstream.v1.AccountState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the topology, and whoever wants to know, which accounts take mail: at once when that
 * changes, and now and then what has changed beside it. It is word for routing, no promise: nothing
 * waits for it, and what cannot be written is written at the next round.
 */
final class AccountReporter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AccountReporter.class);
  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofMillis(500);

  /** How old a report of rate and quota may become. */
  private static final long REPEAT = TimeUnit.SECONDS.toNanos(20);

  private final String instance;
  private final Collection<AccountGate> accounts;
  private final RecordCodec codec;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final InstantSource clock;
  private final Semaphore changes = new Semaphore(0);
  private final Map<String, Said> said = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean stopping;
  private boolean failing;

  private record Said(AccountGate.State state, long at) {}

  /**
   * A reporter that says nothing yet.
   *
   * @param instance of the sender, the same after a restart
   * @param producers makes its producer, which is not transactional
   */
  AccountReporter(
      String instance,
      Collection<AccountGate> accounts,
      RecordCodec codec,
      Supplier<Producer<byte[], byte[]>> producers,
      InstantSource clock) {
    this.instance = instance;
    this.accounts = accounts;
    this.codec = codec;
    this.producers = producers;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("mailstream-account-reports").unstarted(this::run);
    thread.setDaemon(true);
    accounts.forEach(account -> account.onChange(changes::release));
  }

  void start() {
    thread.start();
  }

  private void run() {
    Producer<byte[], byte[]> producer = null;
    try {
      while (!stopping) {
        producer = producer == null ? connect() : producer;
        if (producer != null) {
          round(producer);
        }
        if (changes.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
          changes.drainPermits();
        }
      }
      if (producer != null) {
        leave(producer);
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("The reports on accounts are interrupted", e);
    } finally {
      if (producer != null) {
        producer.close(CLOSE);
      }
    }
  }

  /** A producer; null: not now, such as while no broker's name is known. */
  private Producer<byte[], byte[]> connect() {
    try {
      return producers.get();
    } catch (KafkaException e) {
      failed(e);
      return null;
    }
  }

  private void round(Producer<byte[], byte[]> producer) {
    try {
      for (AccountGate account : accounts) {
        AccountGate.State state = account.state(clock.millis());
        Said before = said.get(account.name());
        if (before == null || !before.state().isSameFor(state) || isOld(before, state)) {
          report(producer, account, state);
        }
      }
      failing = false;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      failed(e);
    }
  }

  private void failed(KafkaException why) {
    if (!failing) {
      LOG.warn("The states of the accounts cannot be reported, and are later: {}", why.toString());
    }
    failing = true;
  }

  private static boolean isOld(Said before, AccountGate.State state) {
    return (state.ages() || !before.state().equals(state))
        && System.nanoTime() - before.at() > REPEAT;
  }

  private void report(
      Producer<byte[], byte[]> producer, AccountGate account, AccountGate.State state) {
    AccountState record =
        AccountState.newBuilder()
            .setAccount(account.name())
            .setInstance(instance)
            .setProvider(account.kind())
            .setStatus(state.status())
            .setUntil(state.until().orElse(null))
            .setDetail(state.detail().orElse(null))
            .setRatePerSecond(state.ratePerSecond().orElse(null))
            .setQuotaLeft(state.quotaLeft().orElse(null))
            .setAt(clock.instant())
            .build();
    said.put(account.name(), new Said(state, System.nanoTime()));
    var _ =
        producer.send(
            codec.accountState(record),
            (metadata, failure) -> {
              if (failure != null) {
                said.remove(account.name());
              }
            });
  }

  /** An account that takes no mail stays so without this instance, until the time it said. */
  private void leave(Producer<byte[], byte[]> producer) {
    said.forEach((account, last) -> {
      if (last.state().until().isEmpty()) {
        var _ = producer.send(codec.noAccountState(account, instance));
      }
    });
  }

  /** Begins to stop; what it still has to say it says within a bound, by itself. */
  @Override
  public void close() {
    stopping = true;
    changes.release();
  }
}

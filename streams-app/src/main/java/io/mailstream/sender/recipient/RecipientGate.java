package io.mailstream.sender.recipient;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the check for a mail that is about to be called, within bounds: of time, and of mails that
 * wait at once, so that a check that hangs cannot take all calls. Beyond them mail goes.
 */
public final class RecipientGate implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RecipientGate.class);

  private final Optional<RecipientCheck> check;
  private final Duration timeout;
  private final Semaphore waiting;
  private final Counter deliverable;
  private final Counter refused;
  private final Counter unknown;

  RecipientGate(
      Optional<RecipientCheck> check, Duration timeout, int maxWaits, MeterRegistry registry) {
    this.check = check;
    this.timeout = timeout;
    this.waiting = new Semaphore(maxWaits);
    deliverable = counter(registry, "deliverable");
    refused = counter(registry, "refused");
    unknown = counter(registry, "unknown");
  }

  /**
   * The gate with the check that is configured.
   *
   * @param maxWaits how many mails may wait for a verdict at once
   * @throws IllegalArgumentException if the check cannot be had as it is configured
   */
  public static RecipientGate create(
      RecipientCheckConfig config, int maxWaits, MeterRegistry registry) {
    return new RecipientGate(config.create(), config.timeout(), maxWaits, registry);
  }

  private static Counter counter(MeterRegistry registry, String verdict) {
    return Counter.builder("mailstream.sender.recipient.checks")
        .description("Recipients that were checked before the call, by what was found")
        .tag("verdict", verdict)
        .register(registry);
  }

  /**
   * What is known of a recipient; waits for it, on the thread of the call.
   *
   * @param address as the request gave it
   * @param key its canonical form
   */
  public Verdict ask(String address, String key) {
    if (check.isEmpty()) {
      return Verdict.GOOD;
    }
    Verdict verdict = bounded(check.get(), address, key.substring(key.lastIndexOf('@') + 1));
    count(verdict).increment();
    return verdict;
  }

  private Counter count(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Deliverable found -> deliverable;
      case Verdict.Refused found -> refused;
      case Verdict.Unknown found -> unknown;
    };
  }

  private Verdict bounded(RecipientCheck asked, String address, String domain) {
    CompletableFuture<Verdict> verdict;
    try {
      verdict = asked.check(address, domain);
    } catch (RuntimeException e) {
      return failed(e);
    }
    boolean waits = !verdict.isDone();
    if (waits && !waiting.tryAcquire()) {
      return new Verdict.Unknown("too many mails wait for the check");
    }
    try {
      return verdict.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new Verdict.Unknown("no verdict within %d ms".formatted(timeout.toMillis()));
    } catch (ExecutionException e) {
      return failed(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Verdict.Unknown("interrupted");
    } finally {
      if (waits) {
        waiting.release();
      }
    }
  }

  /** The message of an exception may hold the address. */
  private static Verdict failed(Throwable e) {
    LOG.warn("The check of a recipient failed, the mail goes: {}", e.getClass().getName());
    return new Verdict.Unknown(e.getClass().getSimpleName());
  }

  @Override
  public void close() {
    check.ifPresent(RecipientCheck::close);
  }
}

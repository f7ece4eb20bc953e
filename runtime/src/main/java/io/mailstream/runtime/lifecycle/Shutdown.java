package io.mailstream.runtime.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the parts of a service in the order they were registered, each within its bound and all
 * within a total: a part that hangs is left behind, so that the process ends in time.
 */
public final class Shutdown implements AutoCloseable {

  /** The longest that stopping may take, unless told otherwise. */
  public static final Duration TOTAL = Duration.ofSeconds(9);

  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  private final List<Part> parts = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Duration total;

  /** Nothing to close yet. */
  public Shutdown() {
    this(TOTAL);
  }

  /**
   * Nothing to close yet.
   *
   * @param total the longest that stopping may take in all
   */
  public Shutdown(Duration total) {
    this.total = total;
  }

  /**
   * Registers a part; parts are closed in this order.
   *
   * @param name for the log
   * @param bound the longest it may take
   * @param part what to close
   */
  public synchronized void register(String name, Duration bound, AutoCloseable part) {
    parts.add(new Part(name, bound, part));
  }

  /** Closes all when the JVM is told to stop (SIGTERM, SIGINT, {@code System.exit}). */
  public void onJvmShutdown() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "shutdown"));
  }

  /** Waits until all is closed, by whomever. */
  public void await() throws InterruptedException {
    done.await();
  }

  /** Closes all; a second call waits for the first. */
  @Override
  public void close() {
    if (!started.compareAndSet(false, true)) {
      awaitDone();
      return;
    }
    try {
      long deadline = System.nanoTime() + total.toNanos();
      for (Part part : snapshot()) {
        close(part, deadline);
      }
    } finally {
      done.countDown();
    }
  }

  private synchronized List<Part> snapshot() {
    return List.copyOf(parts);
  }

  private void close(Part part, long deadline) {
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          part.closeable.close();
          return null;
        });
    Thread.ofPlatform().daemon().name("close-" + part.name).start(task);
    long bound = Math.min(part.bound.toNanos(), Math.max(0, deadline - System.nanoTime()));
    try {
      task.get(bound, TimeUnit.NANOSECONDS);
      log.info("closed {}", part.name);
    } catch (ExecutionException e) {
      log.error("{} failed to close", part.name, e.getCause());
    } catch (TimeoutException e) {
      task.cancel(true);
      log.error("{} did not close within {} ms: left behind", part.name, bound / 1_000_000);
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      log.error("interrupted while {} was closing: left behind", part.name);
    }
  }

  private void awaitDone() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Part(String name, Duration bound, AutoCloseable closeable) {}
}

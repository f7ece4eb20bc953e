package io.mailstream.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Runs calls on virtual threads, a bounded number at a time, and waits for all of them. */
final class InFlight {

  private InFlight() {}

  /** One call. */
  @FunctionalInterface
  interface Call {
    void make(int number) throws Exception;
  }

  /**
   * Makes calls.
   *
   * @throws IllegalStateException if one of them fails
   */
  static void run(int calls, int atOnce, Call call) throws InterruptedException {
    Semaphore free = new Semaphore(atOnce);
    CountDownLatch open = new CountDownLatch(calls);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    for (int i = 0; i < calls && failure.get() == null; i++) {
      int number = i;
      free.acquire();
      var _ =
          Thread.startVirtualThread(() -> {
            try {
              call.make(number);
            } catch (Exception e) {
              failure.compareAndSet(null, e);
            } finally {
              free.release();
              open.countDown();
            }
          });
    }
    if (failure.get() != null) {
      throw new IllegalStateException("a call failed", failure.get());
    }
    open.await();
    if (failure.get() != null) {
      throw new IllegalStateException("a call failed", failure.get());
    }
  }
}

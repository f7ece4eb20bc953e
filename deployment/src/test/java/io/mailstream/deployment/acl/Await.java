package io.mailstream.deployment.acl;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for a condition, up to a deadline. */
final class Await {

  private Await() {}

  /**
   * Waits.
   *
   * @param what the condition, for the message
   * @throws AssertionError if it does not come about in time
   */
  static void that(String what, Duration atMost, Callable<Boolean> condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    Exception last = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception e) {
        last = e;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError(
        "not within %d s: %s; refused by now: %s"
            .formatted(atMost.toSeconds(), what, RecordingAuthorizer.denied()),
        last);
  }
}

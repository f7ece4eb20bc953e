package io.mailstream.sender.provider;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, with a deadline. */
public final class Eventually {

  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private Eventually() {}

  public static void holds(String what, BooleanSupplier condition) {
    holds(what, DEADLINE, condition);
  }

  /** Waits for so long at most. */
  public static void holds(String what, Duration most, BooleanSupplier condition) {
    long end = System.nanoTime() + most.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not come true in " + most.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }
}

package io.mailstream.sender;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * When the deliveries of an account come back that made way for mail of other accounts: one after
 * the other as fast as the account works them off, so that they do not circle. Is told the time, in
 * milliseconds; safe for many threads.
 */
final class ReturnTimes {

  /** Less would only have it make way again. */
  static final long LEAST = 500;

  /** An account may recover long before all would have had their turn. */
  static final long MOST = TimeUnit.SECONDS.toMillis(30);

  private double free;

  /**
   * The time of the next one.
   *
   * @param perSecond how many the account works off a second, above 0
   * @param now the time
   * @return half a second to half a minute from now
   */
  synchronized long next(double perSecond, long now) {
    double turn = Math.max(free, (double) now + LEAST);
    free = Math.min(turn + 1_000 / perSecond, (double) now + MOST);
    // Those beyond the last turn are spread, or all of them would come at once.
    return free < now + MOST
        ? (long) turn
        : now + MOST / 2 + ThreadLocalRandom.current().nextLong(MOST / 2);
  }
}

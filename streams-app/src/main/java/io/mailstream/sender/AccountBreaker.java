package io.mailstream.sender;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * Suspends the calls of an account that does not answer as it should, and tries it again after a
 * while. It opens when most of the last calls failed or were slow, and also, for an account with
 * little mail, when none has succeeded for some time. Safe for many threads.
 */
final class AccountBreaker {

  /** How many of the last calls are looked at, and the fewest that say anything. */
  static final int WINDOW = 50;

  static final int FEWEST_CALLS = 20;

  /** How many failures in a row, over how long, are enough however little mail there is. */
  static final int QUIET_FAILURES = 5;

  static final Duration QUIET_PERIOD = Duration.ofSeconds(30);

  private static final Duration OPEN = Duration.ofSeconds(5);
  private static final Duration OPEN_MAX = Duration.ofMinutes(1);
  private static final IntervalFunction WAIT =
      IntervalFunction.ofExponentialBackoff(OPEN, 2, OPEN_MAX);
  private static final Duration NEVER_SLOW = Duration.ofDays(1);
  private static final Duration PROBING = Duration.ofSeconds(1);

  // The breaker wants an exception and reads nothing of it.
  @SuppressWarnings("StaticAssignmentOfThrowable")
  private static final Exception NO_ANSWER =
      new Exception("no answer of use from the ESP", null, false, false) {
        private static final long serialVersionUID = 1;
      };

  /**
   * Which calls are slow, and how many are too many.
   *
   * @param call how long a call takes that is slow; zero: none is
   * @param percent of the last calls, from 1 to 100: when so many were slow it opens
   */
  record Slow(Duration call, int percent) {}

  private final CircuitBreaker breaker;
  private final InstantSource clock;
  private volatile long openUntil;
  private volatile int timesOpened;
  private int failures;
  private long failingSince;

  /**
   * A closed breaker.
   *
   * @param slow when it opens for slow calls
   * @param opened is run each time it opens
   */
  AccountBreaker(String account, Slow slow, InstantSource clock, Runnable opened) {
    this.clock = clock;
    this.breaker = CircuitBreaker.of(account, config(slow));
    breaker
        .getEventPublisher()
        .onStateTransition(event -> {
          switch (event.getStateTransition()) {
            case CLOSED_TO_OPEN -> opened(1, opened);
            case HALF_OPEN_TO_OPEN -> opened(timesOpened + 1, opened);
            default -> {}
          }
        });
  }

  private static CircuitBreakerConfig config(Slow slow) {
    return CircuitBreakerConfig.custom()
        .slidingWindowSize(WINDOW)
        .minimumNumberOfCalls(FEWEST_CALLS)
        .failureRateThreshold(60)
        .slowCallRateThreshold(slow.percent())
        .slowCallDurationThreshold(slow.call().isZero() ? NEVER_SLOW : slow.call())
        .permittedNumberOfCallsInHalfOpenState(5)
        .waitIntervalFunctionInOpenState(WAIT)
        .enableAutomaticTransitionFromOpenToHalfOpen()
        .build();
  }

  private void opened(int times, Runnable listener) {
    timesOpened = times;
    openUntil = clock.millis() + WAIT.apply(times);
    listener.run();
  }

  /** Whether calls are suspended. */
  boolean isOpen() {
    return breaker.getState() == CircuitBreaker.State.OPEN;
  }

  /** When calls are tried again, in milliseconds since the epoch. */
  long openUntil() {
    return Math.max(openUntil, clock.millis() + PROBING.toMillis());
  }

  /** Whether a call may be made; what is let through must report back. */
  boolean tryAcquire() {
    return breaker.tryAcquirePermission();
  }

  /** The share of the last calls that failed; zero while there are too few to say. */
  double failedShare() {
    return share(breaker.getMetrics().getFailureRate());
  }

  /** The share of the last calls that were slow; zero while there are too few to say. */
  double slowShare() {
    return share(breaker.getMetrics().getSlowCallRate());
  }

  private static double share(float percent) {
    return Math.max(0, percent / 100);
  }

  /** A call was answered, whatever the answer was. */
  void answered(long nanos) {
    synchronized (this) {
      failures = 0;
    }
    breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
  }

  /** A call was not answered, or by a server error. */
  void failed(long nanos) {
    breaker.onError(nanos, TimeUnit.NANOSECONDS, NO_ANSWER);
    if (isFailingForLong() && breaker.getState() == CircuitBreaker.State.CLOSED) {
      breaker.transitionToOpenState();
    }
  }

  private synchronized boolean isFailingForLong() {
    long now = clock.millis();
    if (failures == 0) {
      failingSince = now;
    }
    failures++;
    return failures >= QUIET_FAILURES && now - failingSince >= QUIET_PERIOD.toMillis();
  }
}

package io.mailstream.webhook.provider;

import java.time.Duration;
import java.time.Instant;

/**
 * How old a signature may be, for schemes that sign a time.
 *
 * @param length how old; ESPs repeat what was not acknowledged for hours, and may do so under the
 *     first signature
 */
public record ReplayWindow(Duration length) {

  private static final Duration CLOCK_SKEW = Duration.ofMinutes(15);

  /** Whether a signature of that time is still taken; clocks may differ by 15 minutes. */
  public boolean contains(Instant signedAt, Instant now) {
    return signedAt.isAfter(now.minus(length)) && signedAt.isBefore(now.plus(CLOCK_SKEW));
  }

  /** From when on a signature of that time is no longer taken. */
  public Instant endFor(Instant signedAt) {
    return signedAt.plus(length);
  }
}

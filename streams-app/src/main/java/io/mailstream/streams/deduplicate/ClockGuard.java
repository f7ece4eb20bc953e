package io.mailstream.streams.deduplicate;

import java.time.Duration;

/**
 * The time as deduplication sees it: it never goes back. A clock that is set back a little stands
 * still here until it has caught up; one that is set back further stops the task, since entries of
 * its future would not be found and new ones could fall behind the store's retention unnoticed.
 */
final class ClockGuard {

  private final long slackMs;
  private long highest;

  /**
   * A guard.
   *
   * @param slack how far back is borne
   * @param highest the highest time known so far, in milliseconds since the epoch
   */
  ClockGuard(Duration slack, long highest) {
    this.slackMs = slack.toMillis();
    this.highest = highest;
  }

  /**
   * The time to go by.
   *
   * @param now what the clock says, in milliseconds since the epoch
   * @throws ClockJumpException if the clock has gone back too far
   */
  long at(long now) {
    if (now < highest - slackMs) {
      throw new ClockJumpException(now, highest, Duration.ofMillis(slackMs));
    }
    highest = Math.max(highest, now);
    return highest;
  }
}

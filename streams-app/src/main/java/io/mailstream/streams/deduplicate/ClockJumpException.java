package io.mailstream.streams.deduplicate;

import java.time.Duration;
import java.time.Instant;

/** The machine's clock went back further than what was sent before can be told from what is new. */
public final class ClockJumpException extends RuntimeException {

  ClockJumpException(long now, long highest, Duration slack) {
    super(
        ("the clock says %s, but mail was taken at %s before: going on would send duplicates."
                + " At most %d minutes back are allowed: set the clock of this machine right, then"
                + " start again")
            .formatted(
                Instant.ofEpochMilli(now), Instant.ofEpochMilli(highest), slack.toMinutes()));
  }
}

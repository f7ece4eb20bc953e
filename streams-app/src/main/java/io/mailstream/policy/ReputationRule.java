package io.mailstream.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * When a stream is paused because too much of its mail bounces or is complained about. Rates are
 * shares of the deliveries given to the sender in the window.
 *
 * @param window how far back is counted, above 0
 * @param minMails fewer deliveries in the window say nothing, at least 1
 * @param maxBounceRate the highest share of permanent bounces, above 0 to 1; empty: not looked at
 * @param maxComplaintRate the highest share of complaints, above 0 to 1; empty: not looked at
 * @param pause how long the stream is held; empty: until somebody resumes it
 */
public record ReputationRule(
    Duration window,
    long minMails,
    OptionalDouble maxBounceRate,
    OptionalDouble maxComplaintRate,
    Optional<Duration> pause) {}

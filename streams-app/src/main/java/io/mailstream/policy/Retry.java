package io.mailstream.policy;

import java.time.Duration;

/**
 * When a failed attempt is repeated: exponential backoff with jitter.
 *
 * @param initial the wait after the first attempt
 * @param multiplier how each wait grows over the one before, at least 1
 * @param max the longest wait
 * @param jitter the share of the wait that chance may take away, 0 to 1 (full jitter)
 * @param maxAttempts attempts in all, at least 1; then the delivery fails
 * @param maxAge the age since acceptance at which a delivery fails instead of being retried
 */
public record Retry(
    Duration initial,
    double multiplier,
    Duration max,
    double jitter,
    int maxAttempts,
    Duration maxAge) {}

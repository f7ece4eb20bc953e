package io.mailstream.policy;

/**
 * A rate and the burst above it that a token bucket allows.
 *
 * @param perSecond tokens a second, above 0
 * @param burst the bucket's capacity in tokens, at least 1
 */
public record Limit(double perSecond, double burst) {}

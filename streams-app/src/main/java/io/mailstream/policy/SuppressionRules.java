package io.mailstream.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * How long what the ESPs report keeps mail from an address.
 *
 * @param hardBounceExpiresAfter empty: never
 * @param complaintExpiresAfter empty: never
 * @param espListExpiresAfter for echoes of the ESP's own list; empty: never
 */
public record SuppressionRules(
    Optional<Duration> hardBounceExpiresAfter,
    Optional<Duration> complaintExpiresAfter,
    Optional<Duration> espListExpiresAfter) {}

package io.mailstream.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * What holds for one stream (category of mail) of one tenant.
 *
 * @param name the stream's name
 * @param routes the accounts it goes through; empty: the tenant's
 * @param limit its limit; empty: none of its own
 * @param evidenceWindow how long an uncertain send waits for word from the ESP; zero: not at all
 */
public record StreamPolicy(
    String name, Optional<Routes> routes, Optional<Limit> limit, Duration evidenceWindow) {}

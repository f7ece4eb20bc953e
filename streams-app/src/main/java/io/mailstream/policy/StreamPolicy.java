package io.mailstream.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * What holds for one stream (category of mail) of one tenant.
 *
 * @param name the stream's name
 * @param routes the accounts it goes through; empty: the tenant's
 * @param limit its limit; empty: none of its own
 * @param actorLimit the limit of each actor in this stream alone; empty: none
 * @param recipientLimit the limit of this stream's mail to each recipient; empty: none
 * @param reputation when it is paused for its bounces and complaints; empty: by hand only
 * @param evidenceWindow how long an uncertain send waits for word from the ESP; zero: not at all
 * @param isSubscription whether recipients may end it themselves, by a link in each mail's header
 */
public record StreamPolicy(
    String name,
    Optional<Routes> routes,
    Optional<Limit> limit,
    Optional<Limit> actorLimit,
    Optional<Limit> recipientLimit,
    Optional<ReputationRule> reputation,
    Duration evidenceWindow,
    boolean isSubscription) {}

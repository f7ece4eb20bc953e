package io.mailstream.policy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the ESPs' reports do to an address: how far each reason reaches and how long it lasts. What
 * a command asks for is not subject to them.
 *
 * @param standard what holds unless a tenant has its own
 * @param tenants what holds for reports about a tenant's mail, by the tenant's name
 */
public record SuppressionRules(Reasons standard, Map<String, Reasons> tenants) {

  /** How many soft bounces of one address are remembered, and can be asked for, at most. */
  public static final int MAX_SOFT_BOUNCES = 20;

  /** What holds where nothing is configured. */
  public static final Reasons DEFAULTS =
      new Reasons(
          Rule.forGood(Reach.EVERYTHING),
          Rule.forGood(Reach.EVERYTHING),
          Rule.forGood(Reach.EVERYTHING),
          Rule.forGood(Reach.STREAM),
          new SoftBounces(
              5,
              Duration.ofDays(14),
              new Rule(Reach.EVERYTHING, Optional.of(Duration.ofDays(30)))));

  /** The defaults, for every tenant. */
  public static SuppressionRules usual() {
    return new SuppressionRules(DEFAULTS, Map.of());
  }

  /** The rules for a report about a tenant's mail; null: the ESP did not say whose it was. */
  public Reasons of(String tenant) {
    return tenant == null ? standard : tenants.getOrDefault(tenant, standard);
  }

  /** The mail that an entry keeps back, from the widest to the narrowest. */
  public enum Reach {
    /** That of every tenant. */
    EVERYTHING,
    /** That of the tenant whose mail it was. */
    TENANT,
    /** That of the stream it belonged to. */
    STREAM
  }

  /**
   * The rule of one reason.
   *
   * @param reach how far it reaches; where the ESP did not return tenant or stream, as far as the
   *     next wider scope that is known
   * @param expiresAfter how long it lasts; empty: for good
   */
  public record Rule(Reach reach, Optional<Duration> expiresAfter) {

    static Rule forGood(Reach reach) {
      return new Rule(reach, Optional.empty());
    }
  }

  /**
   * When bounces that may pass become a reason.
   *
   * @param count so many of them; 0: never
   * @param within in such a time
   * @param rule what they do then
   */
  public record SoftBounces(int count, Duration within, Rule rule) {}

  /** The rules of all reasons. */
  public record Reasons(
      Rule hardBounce, Rule complaint, Rule espList, Rule unsubscribe, SoftBounces softBounces) {}
}

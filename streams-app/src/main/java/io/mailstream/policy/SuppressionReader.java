package io.mailstream.policy;

import io.mailstream.policy.SuppressionRules.Reach;
import io.mailstream.policy.SuppressionRules.Reasons;
import io.mailstream.policy.SuppressionRules.Rule;
import io.mailstream.policy.SuppressionRules.SoftBounces;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads what the ESPs' reports do to an address: {@code suppression} and what is below it. */
final class SuppressionReader {

  private SuppressionReader() {}

  /**
   * The rules.
   *
   * @param isTenant whether there can be a tenant of a name
   */
  static SuppressionRules read(PolicySection root, Predicate<String> isTenant) {
    try (PolicySection section = root.section("suppression")) {
      Reasons standard = reasons(section, SuppressionRules.DEFAULTS);
      return new SuppressionRules(
          standard,
          section.named(
              "tenants",
              named -> {
                if (!isTenant.test(named.name())) {
                  section.fault(
                      section.path("tenants." + named.name()),
                      "is no tenant: name one of those under tenants");
                }
                return reasons(named.section(), standard);
              }));
    }
  }

  private static Reasons reasons(PolicySection section, Reasons orElse) {
    return new Reasons(
        rule(section, "hard_bounce", orElse.hardBounce()),
        rule(section, "complaint", orElse.complaint()),
        rule(section, "esp_list", orElse.espList()),
        rule(section, "unsubscribe", orElse.unsubscribe()),
        softBounces(section, orElse.softBounces()));
  }

  private static Rule rule(PolicySection parent, String key, Rule orElse) {
    try (PolicySection section = parent.section(key)) {
      return rule(section, orElse);
    }
  }

  private static Rule rule(PolicySection section, Rule orElse) {
    Reach reach =
        section.get(
            "scope", orElse.reach(), "everything, tenant or stream", SuppressionReader::reach);
    Optional<Duration> expiresAfter =
        section.get(
            "expires_after",
            orElse.expiresAfter(),
            PolicyValues.DURATION_RULE + ", above 0, or never",
            SuppressionReader::expiry);
    return new Rule(reach, expiresAfter);
  }

  private static SoftBounces softBounces(PolicySection parent, SoftBounces orElse) {
    try (PolicySection section = parent.section("soft_bounces")) {
      return new SoftBounces(
          section.get(
              "count",
              orElse.count(),
              "a number from 0 (never) to " + SuppressionRules.MAX_SOFT_BOUNCES,
              text -> PolicyValues.integer(text, 0, SuppressionRules.MAX_SOFT_BOUNCES)),
          section.get(
              "within",
              orElse.within(),
              PolicyValues.DURATION_RULE + ", above 0",
              PolicyValues::positiveDuration),
          rule(section, orElse.rule()));
    }
  }

  private static Optional<Reach> reach(String text) {
    for (Reach reach : Reach.values()) {
      if (reach.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(reach);
      }
    }
    return Optional.empty();
  }

  // Two answers in one: whether the text is right, and whether it names an end.
  @SuppressWarnings("OptionalMapToOptional")
  private static Optional<Optional<Duration>> expiry(String text) {
    return text.equals("never")
        ? Optional.of(Optional.empty())
        : PolicyValues.positiveDuration(text).map(Optional::of);
  }
}

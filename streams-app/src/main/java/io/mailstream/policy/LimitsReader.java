package io.mailstream.policy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads limits: one, one that takes a default's place, and those by recipients' domain. */
final class LimitsReader {

  static final String ACTOR = "actor_limit";
  static final String RECIPIENT = "recipient_limit";
  private static final String DOMAINS = "domain_limits";
  private static final String OTHER = "other";
  private static final String NONE = "none";

  private LimitsReader() {}

  /** A limit, or none where the key is absent. */
  static Optional<Limit> find(PolicySection parent, String key) {
    return find(parent, key, Optional.empty());
  }

  /** A limit; absent: the default; {@code none}: none. */
  static Optional<Limit> find(PolicySection parent, String key, Optional<Limit> orElse) {
    if (!parent.has(key)) {
      return orElse;
    }
    if (parent.says(key, NONE)) {
      return Optional.empty();
    }
    try (PolicySection section = parent.section(key)) {
      return Optional.of(limit(section));
    }
  }

  /** Limits by domain: the defaults, each replaced or (by {@code none}) taken away. */
  static DomainLimits domains(PolicySection parent, DomainLimits defaults) {
    Map<String, Optional<Limit>> named = new LinkedHashMap<>(defaults.named());
    Optional<Limit> other = defaults.other();
    PolicySection section = parent.section(DOMAINS);
    for (String key : section.keys()) {
      Optional<Limit> given = find(section, key);
      if (key.equals(OTHER)) {
        other = given;
        continue;
      }
      named.put(PolicyValues.fromDomain(key).orElse(key), given);
    }
    return new DomainLimits(Map.copyOf(named), other);
  }

  /** The groups of domains. */
  static DomainGroups groups(PolicySection root) {
    Map<String, List<String>> groups = new HashMap<>();
    PolicySection section = root.section("domain_groups");
    for (String group : section.keys()) {
      groups.put(
          group,
          section.texts(group).stream()
              .flatMap(text -> {
                Optional<String> domain =
                    PolicyValues.fromDomain(text).filter(found -> !found.contains("*"));
                if (domain.isEmpty()) {
                  section.fault(
                      section.path(group),
                      "holds '%s': give a domain, such as example.com".formatted(text));
                }
                return domain.stream();
              })
              .toList());
    }
    return DomainGroups.of(groups);
  }

  private static Limit limit(PolicySection section) {
    Optional<Double> rate = section.find("rate", PolicyValues.RATE_RULE, PolicyValues::rate);
    if (!section.has("rate")) {
      section.fault(section.path("rate"), "is missing: give " + PolicyValues.RATE_RULE);
    }
    double perSecond = rate.orElse(1.0);
    double burst =
        section.get(
            "burst",
            Math.max(1, perSecond),
            "a number of messages from 1 to 1000000000",
            text -> PolicyValues.number(text, 1, 1e9));
    return new Limit(perSecond, burst);
  }
}

package io.mailstream.policy;

import java.util.Map;
import java.util.Optional;

/**
 * How fast an account may send to recipients' domains.
 *
 * @param named limits by the name of a group of domains, or by a domain; empty: it has none
 * @param other what holds for each domain that is not named, on its own; empty: nothing
 */
public record DomainLimits(Map<String, Optional<Limit>> named, Optional<Limit> other) {

  /** No limit at all. */
  public static final DomainLimits NONE = new DomainLimits(Map.of(), Optional.empty());

  /** The limit of a group or domain. */
  public Optional<Limit> of(String name) {
    return named.getOrDefault(name, other);
  }

  /** Whether a group or domain is named here. */
  public boolean names(String name) {
    return named.containsKey(name);
  }

  /** Whether there is no limit. */
  public boolean isEmpty() {
    return named.isEmpty() && other.isEmpty();
  }
}

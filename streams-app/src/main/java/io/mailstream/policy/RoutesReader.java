package io.mailstream.policy;

import io.mailstream.policy.Routes.Way;
import io.mailstream.v1.Lane;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads which accounts mail goes through: {@code account} for one, {@code accounts} for several.
 */
final class RoutesReader {

  private static final double MAX_WEIGHT = 1e6;

  private RoutesReader() {}

  /** The routes of a tenant or stream; empty: it names none. */
  static Optional<Routes> find(PolicySection section, Set<String> known) {
    Optional<String> one = section.text("account");
    List<Way> several =
        List.copyOf(
            section.named("accounts", named -> way(named.name(), named.section())).values());
    several.forEach(way -> require(section, "accounts", way.account(), known));
    one.ifPresent(account -> require(section, "account", account, known));
    if (section.has("accounts") && several.isEmpty()) {
      section.fault(section.path("accounts"), "is empty: name one of %s".formatted(known));
    }
    if (one.isPresent() && !several.isEmpty()) {
      section.fault(section.path("accounts"), "stands beside account: give one of the two");
    }
    for (Lane lane : Lane.values()) {
      if (!several.isEmpty() && several.stream().noneMatch(way -> way.lanes().contains(lane))) {
        section.fault(
            section.path("accounts"), "has none for the %s lane: add one".formatted(name(lane)));
      }
    }
    return several.isEmpty() ? one.map(Routes::only) : Optional.of(new Routes(several));
  }

  /** Notes a fault where a name is none of the accounts. */
  static void require(PolicySection section, String key, String account, Set<String> known) {
    if (!known.contains(account)) {
      section.fault(
          section.path(key),
          "is '%s', which is no account: name one of %s".formatted(account, known));
    }
  }

  private static Way way(String account, PolicySection section) {
    double weight =
        section.get(
            "weight",
            1.0,
            "a number from 0 to 1000000; 0: only while no other takes mail",
            text -> PolicyValues.number(text, 0, MAX_WEIGHT));
    Set<Lane> lanes =
        section.texts("lanes").stream()
            .flatMap(text -> lane(section, text).stream())
            .collect(Collectors.toUnmodifiableSet());
    return new Way(account, weight, lanes.isEmpty() ? Set.of(Lane.values()) : lanes);
  }

  private static Optional<Lane> lane(PolicySection section, String text) {
    Optional<Lane> lane =
        Stream.of(Lane.values()).filter(candidate -> name(candidate).equals(text)).findFirst();
    if (lane.isEmpty()) {
      section.fault(
          section.path("lanes"), "holds '%s': give transactional, bulk or both".formatted(text));
    }
    return lane;
  }

  private static String name(Lane lane) {
    return lane.name().toLowerCase(Locale.ROOT);
  }
}

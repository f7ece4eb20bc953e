package io.mailstream.sender.recipient;

import java.util.List;
import java.util.Optional;

/** Finds the mailbox provider that a domain may have been meant to be. */
final class Typos {

  /** Shorter names are one slip from too many that are none. */
  private static final int SHORTEST = 9;

  private final DomainList known;
  private final List<String> meant;

  Typos(DomainList known) {
    this.known = known;
    meant = known.sorted().stream().filter(name -> name.length() >= SHORTEST).toList();
  }

  /** The provider that is one slip away; empty: none, or it is one itself. */
  Optional<String> suggest(String domain) {
    if (known.domains().contains(domain)) {
      return Optional.empty();
    }
    return meant.stream().filter(name -> isOneSlip(domain, name)).findFirst();
  }

  /** Whether one character is missing, too many or another, or two that follow are swapped. */
  static boolean isOneSlip(String given, String meant) {
    int difference = given.length() - meant.length();
    if (Math.abs(difference) > 1 || given.equals(meant)) {
      return false;
    }
    int at = 0;
    while (at < given.length() && at < meant.length() && given.charAt(at) == meant.charAt(at)) {
      at++;
    }
    String restGiven = given.substring(at);
    String restMeant = meant.substring(at);
    return switch (difference) {
      case 1 -> restGiven.substring(1).equals(restMeant);
      case -1 -> restMeant.substring(1).equals(restGiven);
      default ->
          restGiven.substring(1).equals(restMeant.substring(1)) || isSwap(restGiven, restMeant);
    };
  }

  private static boolean isSwap(String given, String meant) {
    return given.length() > 1
        && given.charAt(0) == meant.charAt(1)
        && given.charAt(1) == meant.charAt(0)
        && given.substring(2).equals(meant.substring(2));
  }
}

package io.mailstream.quickstart;

import java.util.List;

/** What quickstart plays, and with which accounts. */
enum Plot {
  /** Sending, callbacks, suppression, limits: one account. */
  MAIN("policies.yaml"),
  /** One of two accounts fails, and the other takes over. */
  FAILOVER("policies-failover.yaml"),
  /** What alerts are for. */
  STORM("policies.yaml");

  private final String policies;

  Plot(String policies) {
    this.policies = policies;
  }

  /** The sample of its policies, and the name of the copy in the data directory. */
  String policies() {
    return policies;
  }

  /** The accounts of the policies, each with an SES simulator of its own. */
  List<String> accounts() {
    return switch (this) {
      case MAIN, STORM -> List.of("ses-simulator");
      case FAILOVER -> List.of("ses-first", "ses-second");
    };
  }

  /** The scenario, ready to be played on a system of this plot. */
  Scenario scenario(LocalSystem system, Console console) {
    return switch (this) {
      case MAIN -> new Demonstration(system, console);
      case FAILOVER -> new Failover(system, console);
      case STORM -> new Storm(system, console);
    };
  }
}

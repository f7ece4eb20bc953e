package io.mailstream.benchmarks.faults;

import java.time.Duration;
import java.util.Locale;

/**
 * Something that is to go wrong.
 *
 * @param kind what happens
 * @param role whom it happens to
 * @param instance which of them, from 0
 * @param atRequest it happens when so many requests were accepted
 * @param length how long it lasts; for a kill, until the process is started again
 * @param storm how the ESP behaves, where it is the ESP
 * @param hasty whether it is done to a process that may not be up yet
 */
record Fault(
    Kind kind,
    Role role,
    int instance,
    int atRequest,
    Duration length,
    Storm storm,
    boolean hasty) {

  /** What can go wrong. */
  enum Kind {
    /** SIGKILL. */
    KILL,
    /** SIGKILL, and what it had on disk is gone. */
    WIPE,
    /** SIGSTOP for longer than sessions last. */
    PAUSE,
    /** The ESP misbehaves. */
    STORM,
    /** The registry is away, and a topology and a sender start without it. */
    OUTAGE,
    /** Nothing gets through to the ESP. */
    BLOCK
  }

  /** What can be hurt. */
  enum Role {
    TOPOLOGY,
    SENDER,
    INGESTER,
    BROKER,
    ESP,
    REGISTRY,
    NETWORK;

    /** What people call an instance of it. */
    String name(int instance) {
      String name = name().toLowerCase(Locale.ROOT);
      return this == TOPOLOGY || this == SENDER ? name + "-" + (instance + 1) : name;
    }
  }

  /** How an ESP can misbehave; the text changes the simulator's behaviour. */
  enum Storm {
    NONE("{}"),
    THROTTLES("{\"faultRates\": {\"TOO_MANY_REQUESTS\": 0.6}}"),
    FAILS("{\"faultRates\": {\"INTERNAL_ERROR\": 0.5, \"SERVICE_UNAVAILABLE\": 0.2}}"),
    NO_ANSWERS("{\"faultRates\": {\"NO_ANSWER\": 0.2}}"),
    RESETS("{\"faultRates\": {\"RESET_BEFORE_BODY\": 0.2, \"RESET_AFTER_BODY\": 0.2}}"),
    SLOW("{\"latencyMillis\": 800, \"jitterMillis\": 1200}");

    /** How it behaves when there is no storm. */
    static final String OVER =
        "{\"faultRates\": {}, \"latencyMillis\": 2, \"jitterMillis\": 8, \"deliveryEvents\":"
            + " false}";

    private final String control;

    Storm(String control) {
      this.control = control;
    }

    /** What the simulator is told. */
    String control() {
      return control;
    }
  }

  @Override
  public String toString() {
    String what = kind == Kind.STORM ? "storm (%s)".formatted(storm) : kind.name();
    return "%s %s".formatted(role.name(instance), what.toLowerCase(Locale.ROOT));
  }
}

package io.mailstream.runtime.config;

import java.util.List;

/**
 * Everything that is wrong with a configuration, all at once. Each fault names the key, the value
 * unless it is a secret, and what is allowed.
 */
public final class ConfigFaults extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final List<String> faults;

  /**
   * Faults of one configuration.
   *
   * @param faults at least one
   */
  public ConfigFaults(List<String> faults) {
    super(describe(faults));
    this.faults = List.copyOf(faults);
  }

  /** The faults, each a sentence for people. */
  public List<String> faults() {
    return faults;
  }

  private static String describe(List<String> faults) {
    String heading =
        faults.size() == 1
            ? "the configuration has a fault:"
            : "the configuration has " + faults.size() + " faults:";
    return heading + "\n  - " + String.join("\n  - ", faults);
  }
}

package io.mailstream.policy;

import java.util.List;

/** A policy file that cannot be used: everything that is wrong with it, at once. */
public final class PolicyFaults extends RuntimeException {

  private final List<String> faults;

  PolicyFaults(String source, List<String> faults) {
    super(
        "policies in %s: %d fault%s%n- %s"
            .formatted(
                source,
                faults.size(),
                faults.size() == 1 ? "" : "s",
                String.join(System.lineSeparator() + "- ", faults)));
    this.faults = List.copyOf(faults);
  }

  /** Each fault: where in the file, what is there, and what is allowed. */
  public List<String> faults() {
    return faults;
  }
}

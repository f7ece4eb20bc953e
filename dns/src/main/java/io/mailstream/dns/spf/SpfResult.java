package io.mailstream.dns.spf;

import java.util.List;
import java.util.Optional;

/**
 * What a domain publishes by SPF.
 *
 * @param tree its record and all that it refers to; empty: there is none that can be read
 * @param lookups how many look-ups a check needs that comes to its end
 * @param voids how many of them find nothing
 * @param macros the terms that depend on the mail and were not followed
 * @param problems what is wrong with the record and those that it refers to
 */
public record SpfResult(
    Optional<SpfTree> tree,
    int lookups,
    int voids,
    List<String> macros,
    List<SpfProblem> problems) {

  /** The most look-ups of a check (RFC 7208, 4.6.4); more is a permanent error. */
  public static final int MAX_LOOKUPS = 10;

  /** The most look-ups that may find nothing (RFC 7208, 4.6.4). */
  public static final int MAX_VOIDS = 2;

  public SpfResult {
    macros = List.copyOf(macros);
    problems = List.copyOf(problems);
  }

  /** Whether the domain publishes nothing at all, and the DNS said so. */
  public boolean isAbsent() {
    return tree.isEmpty() && problems.isEmpty();
  }
}

package io.mailstream.dns.spf;

import java.util.List;
import java.util.Optional;

/**
 * A term of a record with what it refers to.
 *
 * @param term the term
 * @param ranges the addresses that match
 * @param child the record that include and redirect lead to; empty: none, or it could not be had
 */
public record SpfNode(SpfTerm term, List<CidrRange> ranges, Optional<SpfTree> child) {

  public SpfNode {
    ranges = List.copyOf(ranges);
  }
}

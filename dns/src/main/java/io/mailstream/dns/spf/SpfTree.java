package io.mailstream.dns.spf;

import io.mailstream.dns.spf.SpfTerm.Kind;
import io.mailstream.dns.spf.SpfTerm.Qualifier;
import java.net.InetAddress;
import java.util.List;

/**
 * A record and all that it refers to.
 *
 * @param domain whose record it is
 * @param record the record
 * @param nodes its terms that a check reads, in the order in which it reads them
 */
public record SpfTree(String domain, SpfRecord record, List<SpfNode> nodes) {

  public SpfTree {
    nodes = List.copyOf(nodes);
  }

  /**
   * What the record says of an address; what depends on the mail counts as no match.
   *
   * @return NEUTRAL also where nothing matches
   */
  public Qualifier check(InetAddress address) {
    for (SpfNode node : nodes) {
      SpfTerm term = node.term();
      if (term.kind() == Kind.REDIRECT) {
        return node.child().map(child -> child.check(address)).orElse(Qualifier.NEUTRAL);
      }
      if (matches(node, address)) {
        return term.qualifier();
      }
    }
    return Qualifier.NEUTRAL;
  }

  private static boolean matches(SpfNode node, InetAddress address) {
    return switch (node.term().kind()) {
      case ALL -> true;
      case INCLUDE ->
          node.child().filter(child -> child.check(address) == Qualifier.PASS).isPresent();
      default -> node.ranges().stream().anyMatch(range -> range.contains(address));
    };
  }
}

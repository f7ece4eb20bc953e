package io.mailstream.dns.spf;

import io.mailstream.dns.Answer;
import io.mailstream.dns.Dns;
import io.mailstream.dns.MailExchange;
import io.mailstream.dns.spf.SpfProblem.Kind;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Follows a domain's SPF record to its end, as a check does to which nothing matches before: the
 * most look-ups that any mail can cause.
 */
public final class SpfWalk {

  /** Beyond this nobody would go on; the record is far over its limit by then. */
  private static final int GIVE_UP = 60;

  private static final int MAX_EXCHANGES = 10;

  private final Dns dns;
  private final Deque<String> path = new ArrayDeque<>();
  private final List<SpfProblem> problems = new ArrayList<>();
  private final List<String> macros = new ArrayList<>();
  private int lookups;
  private int voids;

  private SpfWalk(Dns dns) {
    this.dns = dns;
  }

  /** Follows the record of a domain; waits for the DNS. */
  public static SpfResult follow(Dns dns, String domain) {
    SpfWalk walk = new SpfWalk(dns);
    Optional<SpfTree> tree = walk.root(domain.toLowerCase(Locale.ROOT));
    return new SpfResult(tree, walk.lookups, walk.voids, walk.macros, walk.problems);
  }

  private Optional<SpfTree> root(String domain) {
    Answer<String> answer = dns.text(domain).join();
    if (answer instanceof Answer.Failed<String>(String why)) {
      problem(Kind.UNANSWERED, domain, why);
    }
    return read(domain, answer);
  }

  private Optional<SpfTree> read(String domain, Answer<String> answer) {
    List<String> records = answer.values().stream().filter(SpfRecord::isSpf).toList();
    if (records.size() > 1) {
      problem(Kind.SEVERAL_RECORDS, domain, String.join("\n", records));
      return Optional.empty();
    }
    if (records.isEmpty()) {
      return Optional.empty();
    }
    SpfRecord record = SpfRecord.parse(records.getFirst());
    record.faults().forEach(fault -> problem(Kind.SYNTAX, domain, fault));
    path.addLast(domain);
    List<SpfNode> nodes = nodes(domain, record);
    path.removeLast();
    return Optional.of(new SpfTree(domain, record, nodes));
  }

  private List<SpfNode> nodes(String domain, SpfRecord record) {
    List<SpfNode> nodes = new ArrayList<>();
    for (SpfTerm term : record.terms()) {
      if (term.kind() != SpfTerm.Kind.REDIRECT && term.kind() != SpfTerm.Kind.EXP) {
        nodes.add(node(domain, term));
      }
      if (term.kind() == SpfTerm.Kind.ALL) {
        return nodes;
      }
    }
    record.first(SpfTerm.Kind.REDIRECT).ifPresent(redirect -> nodes.add(node(domain, redirect)));
    return nodes;
  }

  private SpfNode node(String domain, SpfTerm term) {
    if (term.kind().looksUp()) {
      lookups++;
    }
    if (term.hasMacro()) {
      macros.add(term.text());
      return new SpfNode(term, List.of(), Optional.empty());
    }
    String target = term.domain().orElse(domain).toLowerCase(Locale.ROOT);
    if (lookups > GIVE_UP) {
      return new SpfNode(term, List.of(), Optional.empty());
    }
    return switch (term.kind()) {
      case INCLUDE, REDIRECT -> new SpfNode(term, List.of(), child(domain, target, term));
      case A -> new SpfNode(term, addresses(domain, target, term), Optional.empty());
      case MX -> new SpfNode(term, exchanges(domain, target, term), Optional.empty());
      case EXISTS -> {
        addresses(domain, target, term);
        yield new SpfNode(term, List.of(), Optional.empty());
      }
      default -> new SpfNode(term, term.range().stream().toList(), Optional.empty());
    };
  }

  private Optional<SpfTree> child(String domain, String target, SpfTerm term) {
    if (path.contains(target)) {
      problem(Kind.LOOP, domain, String.join(" → ", path) + " → " + target);
      return Optional.empty();
    }
    Answer<String> answer = dns.text(target).join();
    if (answer.isVoid()) {
      voids++;
    } else {
      unanswered(domain, term, answer);
    }
    int before = problems.size();
    Optional<SpfTree> child = read(target, answer);
    if (child.isEmpty() && problems.size() == before && !(answer instanceof Answer.Failed)) {
      problem(Kind.NO_RECORD_THERE, domain, term.text());
    }
    return child;
  }

  private List<CidrRange> exchanges(String domain, String target, SpfTerm term) {
    Answer<MailExchange> answer = dns.mailExchanges(target).join();
    countVoid(domain, term, answer);
    List<MailExchange> hosts = answer.values().stream().filter(mx -> !mx.isNull()).toList();
    if (hosts.size() > MAX_EXCHANGES) {
      problem(Kind.TOO_MANY_EXCHANGES, domain, "%s: %d".formatted(term.text(), hosts.size()));
    }
    List<CidrRange> ranges = new ArrayList<>();
    hosts.stream()
        .limit(MAX_EXCHANGES)
        .map(mx -> dns.addresses(mx.host()))
        .toList()
        .forEach(
            found -> found.join().values().forEach(address -> ranges.add(range(address, term))));
    return ranges;
  }

  private List<CidrRange> addresses(String domain, String target, SpfTerm term) {
    Answer<InetAddress> answer = dns.addresses(target).join();
    countVoid(domain, term, answer);
    return answer.values().stream().map(address -> range(address, term)).toList();
  }

  private static CidrRange range(InetAddress address, SpfTerm term) {
    return new CidrRange(
        address, address instanceof Inet4Address ? term.prefix4() : term.prefix6());
  }

  private void countVoid(String domain, SpfTerm term, Answer<?> answer) {
    if (answer.isVoid()) {
      voids++;
      problem(Kind.VOID, domain, term.text());
    } else {
      unanswered(domain, term, answer);
    }
  }

  private void unanswered(String domain, SpfTerm term, Answer<?> answer) {
    if (answer instanceof Answer.Failed<?>(String why)) {
      problem(Kind.UNANSWERED, domain, term.text() + ": " + why);
    }
  }

  private void problem(Kind kind, String domain, String detail) {
    problems.add(new SpfProblem(kind, domain, detail));
  }
}

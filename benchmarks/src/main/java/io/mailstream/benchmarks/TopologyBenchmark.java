package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The topology beside one that only copies: same broker, guarantee, threads, compression, records.
 * Each works off a backlog that was written while it was frozen; the first tenth is not counted.
 */
final class TopologyBenchmark {

  static final String IDENTITY = "identity topology";
  private static final String REMEMBERING = "Avro and one store, no step of ours";

  private static final String POLICIES =
      """
      accounts:
        main: {provider: ses, limit: {rate: 100000000/s, burst: 100000000}}
      tenants:
        bench:
          from_domains: [sender.example]
          limit: {rate: 100000000/s, burst: 100000000}
          streams: {mail: {limit: {rate: 100000000/s, burst: 100000000}}}
      """;

  /** What can be measured. */
  enum Kind {
    IDENTITY,
    REMEMBERING,
    KEYED,
    HOP
  }

  private final Rounds rounds;
  private final Set<Kind> kinds;
  private final int bodyBytes;
  private final int suppressions;
  private final PrintWriter out;

  TopologyBenchmark(
      Rounds rounds, Set<Kind> kinds, int bodyBytes, int suppressions, PrintWriter out) {
    this.rounds = rounds;
    this.kinds = kinds;
    this.bodyBytes = bodyBytes;
    this.suppressions = suppressions;
    this.out = out;
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    List<Part> parts = new ArrayList<>();
    try (Lab lab = Lab.start(directory)) {
      List<Contender> contenders = new ArrayList<>();
      for (Kind kind : kinds) {
        contenders.add(
            switch (kind) {
              case IDENTITY -> Backlog.identity(lab, IDENTITY, Lab.PARTITIONS, this::mails, parts);
              case REMEMBERING -> Backlog.remembering(lab, REMEMBERING, this::mails, parts);
              case KEYED -> ours(lab, "keyed", "keyed by recipient", true, parts);
              case HOP -> ours(lab, "hop", "without a key (one hop)", false, parts);
            });
      }
      return rounds.run(contenders, out);
    } finally {
      parts.forEach(Part::close);
    }
  }

  private Contender ours(Lab lab, String id, String name, boolean keyed, List<Part> parts)
      throws Exception {
    Topics topics = lab.topics(id + ".");
    Part topology = lab.streamsApp(id, topics, "topology", POLICIES, Map.of());
    parts.add(topology);
    SuppressionList.fill(lab, topics, suppressions);
    return new Backlog(
        lab,
        new Backlog.Setup(
            "mailstream, " + name,
            topics,
            Lab.PARTITIONS,
            topology,
            topics.dispatch(Lane.BULK),
            keyed,
            this::mails));
  }

  private Mails mails(int round) {
    return new Mails("r" + round, bodyBytes);
  }
}

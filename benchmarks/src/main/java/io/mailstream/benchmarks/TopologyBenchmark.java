package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

  private final Rounds rounds;
  private final int bodyBytes;
  private final int suppressions;
  private final PrintWriter out;

  TopologyBenchmark(Rounds rounds, int bodyBytes, int suppressions, PrintWriter out) {
    this.rounds = rounds;
    this.bodyBytes = bodyBytes;
    this.suppressions = suppressions;
    this.out = out;
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    List<Part> parts = new ArrayList<>();
    try (Lab lab = Lab.start(directory)) {
      List<Contender> contenders = new ArrayList<>();
      contenders.add(Backlog.identity(lab, IDENTITY, Lab.PARTITIONS, this::mails, parts));
      contenders.add(Backlog.remembering(lab, REMEMBERING, this::mails, parts));
      for (boolean keyed : List.of(true, false)) {
        String name = keyed ? "keyed" : "hop";
        Topics topics = lab.topics(name + ".");
        Part topology = lab.streamsApp(name, topics, "topology", POLICIES, Map.of());
        parts.add(topology);
        SuppressionList.fill(lab, topics, suppressions);
        contenders.add(
            new Backlog(
                lab,
                new Backlog.Setup(
                    "mailstream, " + (keyed ? "keyed by recipient" : "without a key (one hop)"),
                    topics,
                    Lab.PARTITIONS,
                    topology,
                    topics.dispatch(Lane.BULK),
                    keyed,
                    this::mails)));
      }
      return rounds.run(contenders, out);
    } finally {
      parts.forEach(Part::close);
    }
  }

  private Mails mails(int round) {
    return new Mails("r" + round, bodyBytes);
  }
}

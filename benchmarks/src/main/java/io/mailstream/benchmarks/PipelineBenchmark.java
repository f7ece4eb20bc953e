package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * From the request's record to the result, broker included, beside bare loops over the AWS SDK that
 * have no queue and no memory: the default asynchronous client, and the cheapest one.
 */
final class PipelineBenchmark {

  private static final int BODY_BYTES = 2_000;
  private static final Duration COMMIT = Duration.ofMillis(500);

  private final Rounds rounds;
  private final int atOnce;
  private final long latencyMillis;
  private final PrintWriter out;

  PipelineBenchmark(Rounds rounds, int atOnce, long latencyMillis, PrintWriter out) {
    this.rounds = rounds;
    this.atOnce = atOnce;
    this.latencyMillis = latencyMillis;
    this.out = out;
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try (Part sink =
            Part.java(
                "sink",
                directory,
                "256m",
                SinkPart.class.getName(),
                String.valueOf(latencyMillis));
        Lab lab = Lab.start(directory)) {
      URI endpoint = URI.create(sink.awaitReady());
      try {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(SdkLoop.netty(endpoint, sink, atOnce, open));
        contenders.add(SdkLoop.crt(endpoint, sink, atOnce, open));
        contenders.add(pipeline(lab, endpoint, sink, open));
        return rounds.run(contenders, out);
      } finally {
        for (AutoCloseable each : open) {
          each.close();
        }
      }
    }
  }

  private Contender pipeline(Lab lab, URI endpoint, Part sink, List<AutoCloseable> open)
      throws Exception {
    String policies =
        """
        accounts:
          main: {provider: ses, settings: {region: eu-west-1, endpoint: "%s"}}
        tenants:
          bench: {from_domains: [sender.example], streams: {mail: {evidence_window: 0}}}
        """
            .formatted(endpoint);
    Topics topics = lab.topics("pipeline.");
    Part topology = lab.streamsApp("topology", topics, "topology", policies, Map.of());
    open.add(topology);
    Part sender =
        lab.streamsApp(
            "sender",
            topics,
            "sender",
            policies,
            Map.of(
                "sender.open.sends", String.valueOf(Math.max(1, atOnce * 5 / 4)),
                "accounts.main.access.key.id", "id",
                "accounts.main.secret.access.key", "secret"));
    open.add(sender);
    return new Contender() {
      @Override
      public String name() {
        return "mailstream, whole pipeline";
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        // Not in the middle of a transaction, which could time out before it goes on.
        LockSupport.parkNanos(COMMIT.toNanos());
        topology.freeze();
        sender.freeze();
        lab.request(topics, new Mails("r" + round, BODY_BYTES), messages, true);
        URI count = endpoint.resolve(SinkPart.COUNT);
        long before = Long.parseLong(lab.get(count).body());
        sender.thaw();
        topology.thaw();
        Lab.await(
            "the first tenth",
            () -> Long.parseLong(lab.get(count).body()) - before >= messages / 10);
        long first = Long.parseLong(lab.get(count).body()) - before;
        Duration machine = Machine.busy();
        Map<String, Duration> cpu = cpu();
        long start = System.nanoTime();
        Lab.await("the last", () -> Long.parseLong(lab.get(count).body()) - before >= messages);
        Duration wall = Duration.ofNanos(System.nanoTime() - start);
        Duration spent = Machine.busy().minus(machine);
        Map<String, Duration> each = cpu();
        each.replaceAll((process, after) -> after.minus(cpu.get(process)));
        return new Sample(messages - first, wall, spent, each);
      }

      private Map<String, Duration> cpu() {
        Map<String, Duration> cpu = new HashMap<>();
        cpu.put("topology", topology.cpu());
        cpu.put("sender", sender.cpu());
        cpu.put("broker", lab.broker().cpu());
        cpu.put(Sample.SINK, sink.cpu());
        return cpu;
      }
    };
  }
}

package io.mailstream.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Mailstream's whole pipeline beside BullMQ, with as many calls in flight to the same sink. What
 * works off the backlog is measured, not what writes it.
 */
@Command(
    name = "peer",
    mixinStandardHelpOptions = true,
    description = "From request to ESP, beside BullMQ on Redis. Installs what is missing of them.")
final class PeerBenchmark implements Callable<Integer> {

  /** Node runs on one core; two processes have both of a machine of two. */
  private static final int MOST_PROCESSES = 2;

  @ParentCommand private Benchmarks benchmarks;
  @Mixin private Benchmarks.Common common;

  @Option(
      names = "--at-once",
      defaultValue = "200",
      description = "Calls in flight (${DEFAULT-VALUE}).")
  private int atOnce;

  @Option(
      names = "--latency",
      paramLabel = "MS",
      defaultValue = "0",
      description = "Milliseconds that the ESP takes (${DEFAULT-VALUE}).")
  private long latency;

  @Override
  public Integer call() throws Exception {
    return benchmarks.measure(
        "Peer, %d calls in flight, %d ms at the ESP, 2 KB".formatted(atOnce, latency),
        common,
        any -> Bullmq.name(MOST_PROCESSES),
        this::run);
  }

  private Map<String, List<Sample>> run(Path directory) throws Exception {
    PrintWriter out = benchmarks.out();
    Path scripts = PeerPackages.install(out);
    try (Sink sink = Sink.start(directory, latency, false);
        Lab lab = Lab.start(directory);
        Bullmq bullmq = Bullmq.start(scripts, directory, out);
        Pipeline pipeline = Pipeline.start(lab, sink, atOnce)) {
      List<Contender> contenders = new ArrayList<>();
      for (int processes = 1; processes <= MOST_PROCESSES; processes++) {
        contenders.add(bullmq.workers(processes, sink, atOnce, out));
      }
      contenders.add(pipeline.contender());
      return common.rounds(10_000).run(contenders, out);
    }
  }
}

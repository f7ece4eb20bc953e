package io.mailstream.benchmarks;

import io.mailstream.benchmarks.TopologyBenchmark.Kind;
import io.mailstream.benchmarks.faults.FaultsCommand;
import io.mailstream.embedded.Directories;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bin/benchmark}: one command for each question. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    description = "Measures Mailstream beside its peers. Give the machine nothing else to do.",
    subcommands = {
      CommandLine.HelpCommand.class,
      PeerBenchmark.class,
      SenderBenchmark.class,
      LatencyBenchmark.class,
      StoresBenchmark.class,
      RestoreBenchmark.class,
      GrowthBenchmark.class,
      FaultsCommand.class
    })
public final class Benchmarks {

  private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

  private Benchmarks() {}

  /** Runs a benchmark and exits with 0 where it came to its end. */
  public static void main(String[] args) {
    // Before any class that logs is loaded: a person reads this.
    System.setProperty("logback.configurationFile", "io/mailstream/benchmarks/logback-parts.xml");
    System.exit(run(args));
  }

  /** Runs a benchmark without ending the JVM. */
  static int run(String... args) {
    CommandLine commandLine = new CommandLine(new Benchmarks());
    commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
      if (e instanceof PeerPackages.Missing) {
        command.getErr().println("benchmark: " + e.getMessage());
        return CommandLine.ExitCode.SOFTWARE;
      }
      throw e;
    });
    if (args.length == 0) {
      commandLine.usage(System.err);
      return CommandLine.ExitCode.USAGE;
    }
    return commandLine.execute(args);
  }

  /** What all of them take. */
  static final class Common {
    @Option(
        names = "--rounds",
        defaultValue = "5",
        description = "Rounds that count (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
        names = "--warm-ups",
        defaultValue = "2",
        description = "Rounds before (${DEFAULT-VALUE}).")
    private int warmUps;

    @Option(names = "--messages", description = "Messages a round.")
    private int messages;

    @Option(
        names = "--json",
        paramLabel = "FILE",
        description = "Writes the figures of every round there.")
    private Path json;

    Rounds rounds(int messagesOrElse) {
      return new Rounds(warmUps, rounds, messages == 0 ? messagesOrElse : messages);
    }
  }

  @Command(
      name = "providers",
      mixinStandardHelpOptions = true,
      description = "Calls a second of each ESP's provider beside plain clients.")
  int providers(@Mixin Common common) throws Exception {
    return measure(
        "Providers, 64 calls in flight, 2 KB",
        common,
        ProvidersBenchmark.PLAIN,
        directory -> new ProvidersBenchmark(common.rounds(10_000), out).run(directory));
  }

  @Command(
      name = "topology",
      mixinStandardHelpOptions = true,
      description = "The topology beside one that only copies.")
  int topology(
      @Mixin Common common,
      @Option(
              names = "--of",
              split = ",",
              defaultValue = "IDENTITY,REMEMBERING,KEYED,HOP",
              description = "Which of them, the first one first (${DEFAULT-VALUE}).")
          Set<Kind> kinds,
      @Option(
              names = "--body",
              defaultValue = "2000",
              description = "Bytes of the body (${DEFAULT-VALUE}).")
          int body,
      @Option(
              names = "--suppressions",
              defaultValue = "1000000",
              description = "Entries of the suppression list (${DEFAULT-VALUE}).")
          int suppressions)
      throws Exception {
    return measure(
        "Topology, %,d bytes a body, %,d suppressions".formatted(body, suppressions),
        common,
        name -> kinds.contains(Kind.IDENTITY) ? TopologyBenchmark.IDENTITY : name,
        directory ->
            new TopologyBenchmark(common.rounds(100_000), kinds, body, suppressions, out)
                .run(directory));
  }

  @Command(
      name = "pipeline",
      mixinStandardHelpOptions = true,
      description = "From request to ESP, beside bare loops over the AWS SDK.")
  int pipeline(
      @Mixin Common common,
      @Option(
              names = "--at-once",
              defaultValue = "200",
              description = "Calls in flight (${DEFAULT-VALUE}).")
          int atOnce,
      @Option(
              names = "--latency",
              paramLabel = "MS",
              defaultValue = "0",
              description = "Milliseconds that the ESP takes (${DEFAULT-VALUE}).")
          long latency)
      throws Exception {
    return measure(
        "Pipeline, %d calls in flight, %d ms at the ESP, 2 KB".formatted(atOnce, latency),
        common,
        SdkLoop.NETTY,
        directory ->
            new PipelineBenchmark(common.rounds(20_000), atOnce, latency, out).run(directory));
  }

  @Command(
      name = "smtp",
      mixinStandardHelpOptions = true,
      description = "From request to SMTP relay, beside Postfix as a queueing relay.")
  int smtp(@Mixin Common common) throws Exception {
    return measure(
        "SMTP, 2 KB",
        common,
        SmtpBenchmark.POSTFIX,
        directory -> new SmtpBenchmark(common.rounds(10_000), out).run(directory));
  }

  @Command(
      name = "callbacks",
      mixinStandardHelpOptions = true,
      description = "ESPs' callbacks through the webhook ingester, beside a loop that verifies.")
  int callbacks(@Mixin Common common) throws Exception {
    return measure(
        "Callbacks, events of %d connections".formatted(CallbacksBenchmark.CONNECTIONS),
        common,
        CallbacksBenchmark::peer,
        directory -> new CallbacksBenchmark(common.rounds(5_000), out).run(directory));
  }

  @Command(
      name = "queries",
      mixinStandardHelpOptions = true,
      description = "The query API, beside the same HTTP server answering with a constant.")
  int queries(
      @Mixin Common common,
      @Option(
              names = "--suppressions",
              defaultValue = "200000",
              description = "Entries of the suppression list (${DEFAULT-VALUE}).")
          int suppressions)
      throws Exception {
    return measure(
        "Queries of %d connections, %,d suppressions"
            .formatted(QueriesBenchmark.CONNECTIONS, suppressions),
        common,
        QueriesBenchmark::peer,
        directory -> new QueriesBenchmark(common.rounds(20_000), suppressions, out).run(directory));
  }

  /** Where figures go on the way. */
  PrintWriter out() {
    return out;
  }

  /** Measures, with a directory that is deleted afterwards. */
  interface Benchmark {
    Map<String, List<Sample>> run(Path directory) throws Exception;
  }

  private int measure(String title, Common common, String base, Benchmark benchmark)
      throws Exception {
    return measure(title, common, any -> base, benchmark);
  }

  /**
   * Measures and reports.
   *
   * @param base the contender that another is compared with, by its name
   */
  int measure(String title, Common common, UnaryOperator<String> base, Benchmark benchmark)
      throws Exception {
    Path directory = Files.createTempDirectory("mailstream-benchmark");
    Report report = new Report(title, benchmark.run(directory), base);
    report.print(out);
    if (common.json != null) {
      report.write(common.json);
    }
    Directories.delete(directory);
    return CommandLine.ExitCode.OK;
  }
}

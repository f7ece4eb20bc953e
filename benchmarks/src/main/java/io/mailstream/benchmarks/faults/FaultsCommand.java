package io.mailstream.benchmarks.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mailstream.embedded.Directories;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/benchmark faults}: the pipeline's processes are hurt, and the history is checked. */
@Command(
    name = "faults",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Hurts the pipeline's processes at random and checks the promises. Ends with 1 where one"
            + " was broken, and keeps what lies there then.")
public final class FaultsCommand implements Callable<Integer> {

  private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

  @Option(
      names = "--requests",
      defaultValue = "200000",
      description = "Requests (${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--seed",
      description = "What is random comes from it; without one it is drawn and told.")
  private Long seed;

  @Option(
      names = "--rate",
      defaultValue = "120",
      description = "Requests a second at most (${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--kills",
      defaultValue = "50",
      description = "Times that each role but the broker is killed (${DEFAULT-VALUE}).")
  private int kills;

  @Option(
      names = "--broker-kills",
      defaultValue = "20",
      description = "Times that the broker is (${DEFAULT-VALUE}).")
  private int brokerKills;

  @Option(
      names = "--pauses",
      defaultValue = "10",
      description = "Stops beyond the session timeout (${DEFAULT-VALUE}).")
  private int pauses;

  @Option(
      names = "--storms",
      defaultValue = "20",
      description = "Storms at the ESP: 429, 5xx, no answers, resets, slow (${DEFAULT-VALUE}).")
  private int storms;

  @Option(
      names = "--registry-outages",
      defaultValue = "2",
      description = "Outages of the registry, each with cold starts (${DEFAULT-VALUE}).")
  private int outages;

  @Option(
      names = "--registry-outage-seconds",
      defaultValue = "120",
      description = "How long each lasts (${DEFAULT-VALUE}).")
  private int outageSeconds;

  @Option(
      names = "--wipes",
      defaultValue = "5",
      description = "Times that a topology's stores are deleted (${DEFAULT-VALUE}).")
  private int wipes;

  @Option(
      names = "--blocks",
      defaultValue = "10",
      description = "Times that the network to the ESP is blocked (${DEFAULT-VALUE}).")
  private int blocks;

  @Option(
      names = "--evidence-seconds",
      defaultValue = "120",
      description = "How long an uncertain send waits for the ESP's word (${DEFAULT-VALUE}).")
  private int evidenceSeconds;

  @Option(
      names = "--session-seconds",
      defaultValue = "6",
      description = "After which a silent process is left out of its group (${DEFAULT-VALUE}).")
  private int sessionSeconds;

  @Option(
      names = "--drain-seconds",
      defaultValue = "480",
      description = "How long the last results are waited for (${DEFAULT-VALUE}).")
  private int drainSeconds;

  @Option(
      names = "--peer",
      description =
          "Hurts another way to send instead: ${COMPLETION-CANDIDATES}. What it lost and doubled is"
              + " counted.")
  private PeerName peer;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Writes all counts and violations there.")
  private Path json;

  /** What the pipeline is compared with. */
  enum PeerName {
    /** A loop that commits what it has sent. */
    LOOP,
    /** A loop that commits what it is about to send. */
    LOOP_COMMITS_FIRST,
    /** Workers of BullMQ on Redis. */
    BULLMQ
  }

  /** Made by picocli. */
  public FaultsCommand() {}

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("mailstream-faults");
    // Before any class that logs is loaded: the clients say much while brokers are away.
    System.setProperty("mailstream.faults.log", directory.resolve("faults.log").toString());
    System.setProperty("logback.configurationFile", "io/mailstream/benchmarks/logback-faults.xml");
    FaultsRun.Options options =
        new FaultsRun.Options(
            requests,
            seed == null ? System.nanoTime() : seed,
            rate,
            new FaultPlan.Counts(kills, brokerKills, pauses, storms, outages, wipes, blocks),
            new FaultPlan.Lengths(
                Duration.ofSeconds(sessionSeconds), Duration.ofSeconds(outageSeconds)),
            Duration.ofSeconds(evidenceSeconds),
            Duration.ofSeconds(drainSeconds));
    if (peer != null) {
      return contrast(options, directory);
    }
    FaultsReport report = new FaultsRun(options, directory, out).run();
    report.print(out);
    if (json != null) {
      report.write(json);
    }
    if (!report.isClean()) {
      report.write(directory.resolve("report.json"));
      out.println("Logs, topics and the report are kept in " + directory);
      return CommandLine.ExitCode.SOFTWARE;
    }
    Directories.delete(directory);
    return CommandLine.ExitCode.OK;
  }

  private int contrast(FaultsRun.Options options, Path directory) throws Exception {
    Peer contender =
        switch (peer) {
          case LOOP -> new PlainLoop(directory, options.lengths().session(), false);
          case LOOP_COMMITS_FIRST -> new PlainLoop(directory, options.lengths().session(), true);
          case BULLMQ -> new BullmqQueue(directory, out);
        };
    PeerRun.Outcome outcome = new PeerRun(options, directory, out).run(contender);
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    String text = mapper.writeValueAsString(outcome);
    out.println(text);
    if (json != null) {
      Files.writeString(json, text + "\n");
    }
    Directories.delete(directory);
    return CommandLine.ExitCode.OK;
  }
}

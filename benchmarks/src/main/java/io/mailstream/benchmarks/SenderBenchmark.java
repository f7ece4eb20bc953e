package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * The sender alone, from a filled dispatch topic to an ESP that takes its time, beside what so many
 * calls at once come to at that latency: what is missing is what a free slot waits for.
 */
@Command(
    name = "sender",
    mixinStandardHelpOptions = true,
    description = "The sender before a slow ESP, beside calls at once ÷ latency.")
final class SenderBenchmark implements Callable<Integer> {

  private static final int BODY_BYTES = 2_000;
  private static final String BOUND = "%d calls at once ÷ %d ms";

  @ParentCommand private Benchmarks benchmarks;
  @Mixin private Benchmarks.Common common;

  @Option(
      names = "--at-once",
      split = ",",
      defaultValue = "20,40",
      description = "Calls in flight, so few that CPU does not bind (${DEFAULT-VALUE}).")
  private List<Integer> atOnce;

  @Option(
      names = "--latency",
      paramLabel = "MS",
      defaultValue = "50",
      description = "Milliseconds that the ESP takes (${DEFAULT-VALUE}).")
  private long latency;

  @Override
  public Integer call() throws Exception {
    return benchmarks.measure(
        "Sender, %d ms at the ESP, 2 KB".formatted(latency), common, this::bound, this::run);
  }

  /** The bound of a contender, by its name, which ends with how many calls it has at once. */
  private String bound(String name) {
    return atOnce.stream()
        .filter(number -> name.equals(name(number)))
        .map(number -> BOUND.formatted(number, latency))
        .findFirst()
        .orElse(name);
  }

  private static String name(int atOnce) {
    return "mailstream sender, %d calls at once".formatted(atOnce);
  }

  private Map<String, List<Sample>> run(Path directory) throws Exception {
    List<Part> senders = new ArrayList<>();
    Rounds rounds = common.rounds(4_000);
    try (Sink sink = Sink.start(directory, 0, false);
        Lab lab = Lab.start(directory)) {
      List<Contender> contenders = new ArrayList<>();
      for (int number : atOnce) {
        contenders.add(bound(number));
        contenders.add(sender(lab, sink, number, rounds.warmUps(), senders));
      }
      return rounds.run(contenders, benchmarks.out());
    } finally {
      senders.forEach(Part::close);
    }
  }

  /** No program, but arithmetic. */
  private Contender bound(int number) {
    return new Contender() {
      @Override
      public String name() {
        return BOUND.formatted(number, latency);
      }

      @Override
      public Sample run(int messages, int round) {
        Duration wall = Duration.ofMillis(latency).multipliedBy(messages).dividedBy(number);
        return new Sample(messages, wall, Duration.ZERO, Map.of());
      }
    };
  }

  private Contender sender(Lab lab, Sink sink, int number, int warmUps, List<Part> senders)
      throws IOException, TimeoutException {
    String id = "sender-" + number;
    Topics topics = lab.topics(id + ".");
    Part sender = Pipeline.sender(id, lab, topics, sink, number);
    senders.add(sender);
    return new Contender() {
      @Override
      public String name() {
        return SenderBenchmark.name(number);
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        // A slow ESP would have the sender compile its code for most of the run.
        sink.answersAfter(round < warmUps ? 0 : latency);
        lab.dispatch(topics, new Mails("r" + round, BODY_BYTES), messages);
        long before = sink.taken();
        sender.thaw();
        return Meter.drain(
            messages,
            Map.of("sender", sender, "broker", lab.broker(), Sample.SINK, sink.part()),
            () -> sink.taken() - before);
      }

      @Override
      public void rest() throws TimeoutException {
        lab.freeze(sender);
      }
    };
  }
}

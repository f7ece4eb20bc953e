package io.mailstream.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * What a mail costs the steps that keep something, with much kept and with little: the steps as
 * they are on their real stores in RocksDB, in one process, without brokers and changelogs, which
 * cost the same at any size.
 */
@Command(
    name = "stores",
    mixinStandardHelpOptions = true,
    description = "Hold queue, deduplication and suppression with much kept, beside little.")
final class StoresBenchmark implements Callable<Integer> {

  @ParentCommand private Benchmarks benchmarks;
  @Mixin private Benchmarks.Common common;

  @Option(
      names = "--of",
      split = ",",
      defaultValue = "hold,deduplicate,suppress",
      description = "Which stores: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private List<Kind> of;

  @Option(
      names = "--one-in",
      defaultValue = "1",
      description = "Keeps only one in so many of the entries, for a trial (${DEFAULT-VALUE}).")
  private int oneIn;

  @Option(
      names = "--cache-mb",
      defaultValue = "50",
      description =
          "Memory for a store's blocks, in MB; Kafka Streams has ${DEFAULT-VALUE} for each.")
  private int cacheMegabytes;

  /** Which stores there are, with how many entries they are compared. */
  enum Kind {
    /** What waits. */
    hold(10_000, 1_000_000, 10_000),
    /** What was seen. */
    deduplicate(100_000, 10_000_000, 10_000),
    /** Who gets no mail. */
    suppress(10_000, 10_000_000, 100_000);

    private final int few;
    private final int many;
    private final int messages;

    Kind(int few, int many, int messages) {
      this.few = few;
      this.many = many;
      this.messages = messages;
    }

    private KeptStep fill(StepTask.Disk disk, int entries) {
      return switch (this) {
        case hold -> new HoldKept(disk, entries);
        case deduplicate -> new DeduplicationKept(disk, entries);
        case suppress -> new SuppressionKept(disk, entries);
      };
    }
  }

  private final Map<String, String> bases = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    return benchmarks.measure(
        "Stores, by how much is kept", common, name -> bases.getOrDefault(name, name), this::run);
  }

  private Map<String, List<Sample>> run(Path directory) throws Exception {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (Kind kind : of) {
      List<Contender> few = new ArrayList<>();
      List<Contender> many = new ArrayList<>();
      try (KeptStep little = fill(kind, directory, kind.few);
          KeptStep much = fill(kind, directory, kind.many)) {
        few.addAll(little.contenders());
        many.addAll(much.contenders());
        for (int i = 0; i < few.size(); i++) {
          bases.put(many.get(i).name(), few.get(i).name());
        }
        few.addAll(many);
        samples.putAll(common.rounds(kind.messages).run(few, benchmarks.out()));
      }
    }
    return samples;
  }

  private KeptStep fill(Kind kind, Path directory, int entries) throws Exception {
    int kept = Math.max(1, entries / oneIn);
    long start = System.nanoTime();
    Path files = Files.createDirectories(directory.resolve(kind + "-" + entries));
    KeptStep step = kind.fill(new StepTask.Disk(files, cacheMegabytes), kept);
    step.settle();
    benchmarks
        .out()
        .printf(
            "%s: %,d entries in %.0f s, %,d MB on disk%n",
            kind, kept, (System.nanoTime() - start) / 1e9, step.megabytes());
    benchmarks.out().flush();
    return step;
  }
}

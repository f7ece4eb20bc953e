package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
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
 * What a mail costs the topology with many tenants, many limits and many partitions, beside one
 * tenant, one limit and {@link Lab#PARTITIONS} partitions; and what more partitions cost a topology
 * that only copies.
 */
@Command(
    name = "growth",
    mixinStandardHelpOptions = true,
    description = "The topology with many tenants, limits, partitions, beside few.")
final class GrowthBenchmark implements Callable<Integer> {

  private static final int BODY_BYTES = 2_000;
  private static final String IDENTITY = "identity topology";

  @ParentCommand private Benchmarks benchmarks;
  @Mixin private Benchmarks.Common common;

  @Option(
      names = "--many",
      defaultValue = "10000",
      description = "Tenants where there are many, with a limit each (${DEFAULT-VALUE}).")
  private int many;

  @Option(
      names = "--partitions",
      defaultValue = "48",
      description = "Partitions where there are many (${DEFAULT-VALUE}).")
  private int partitions;

  @Override
  public Integer call() throws Exception {
    return benchmarks.measure(
        "Growth, 2 KB",
        common,
        name ->
            name.startsWith(IDENTITY)
                ? identityName(Lab.PARTITIONS)
                : new Size("few", 1, Lab.PARTITIONS).name(),
        this::run);
  }

  private Map<String, List<Sample>> run(Path directory) throws Exception {
    List<Part> parts = new ArrayList<>();
    try (Lab lab = Lab.start(directory)) {
      List<Contender> contenders = new ArrayList<>();
      for (int number : List.of(Lab.PARTITIONS, partitions)) {
        contenders.add(
            Backlog.identity(lab, identityName(number), number, round -> mails(round, 1), parts));
      }
      for (Size size :
          List.of(
              new Size("few", 1, Lab.PARTITIONS),
              new Size("tenants", many, Lab.PARTITIONS),
              new Size("partitions", 1, partitions))) {
        contenders.add(start(lab, size, parts));
      }
      return common.rounds(30_000).run(contenders, benchmarks.out());
    } finally {
      parts.forEach(Part::close);
    }
  }

  /**
   * One contender.
   *
   * @param tenants how many, with a limit each
   */
  private record Size(String id, int tenants, int partitions) {

    String name() {
      return "mailstream, tenants %,d, limits %,d, partitions %d"
          .formatted(tenants, tenants, partitions);
    }
  }

  private static Contender start(Lab lab, Size size, List<Part> parts) throws Exception {
    Topics topics = lab.topics(size.id() + ".", size.partitions());
    Part part = lab.streamsApp(size.id(), topics, "topology", policies(size), Map.of());
    parts.add(part);
    return new Backlog(
        lab,
        new Backlog.Setup(
            size.name(),
            topics,
            size.partitions(),
            part,
            topics.dispatch(Lane.BULK),
            true,
            round -> mails(round, size.tenants())));
  }

  private static Mails mails(int round, int tenants) {
    return new Mails("r" + round, BODY_BYTES).ofTenants(tenants);
  }

  private static String identityName(int partitions) {
    return "%s, partitions %d".formatted(IDENTITY, partitions);
  }

  private static String policies(Size size) {
    StringBuilder policies = new StringBuilder("accounts: {main: {provider: ses}}\ntenants:\n");
    for (int number = 0; number < size.tenants(); number++) {
      policies
          .append("  ")
          .append(Mails.tenant(number))
          .append(": {from_domains: [sender.example], streams: {mail: {}}, ")
          // So high that it never holds a mail back: what is measured is that it is looked at.
          .append("limit: {rate: 100000000/s, burst: 100000000}}\n");
    }
    return policies.toString();
  }
}

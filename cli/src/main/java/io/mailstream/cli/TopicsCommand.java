package io.mailstream.cli;

import io.mailstream.schemas.TopicSetup;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = "Creates the topics of an installation, or checks them.")
final class TopicsCommand implements Runnable {

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  TopicsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which: create or check");
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Creates the topics that are not there, and checks them all.")
  int create(
      @Mixin ConnectionOptions connection,
      @Option(
              names = "--partitions",
              paramLabel = "N",
              required = true,
              description = "The partition count of every topic. It cannot be changed later.")
          int partitions,
      @Option(
              names = "--replication-factor",
              paramLabel = "N",
              defaultValue = "-1",
              description = "The replication factor (default: the cluster's own).")
          short replication) {
    if (partitions < 1) {
      throw new CliException(Exit.USAGE, "--partitions must be at least 1");
    }
    Settings settings = connection.settings(terminal, Map.of());
    try (Cluster cluster = Cluster.connect(settings)) {
      Set<String> created =
          TopicSetup.createMissing(cluster.admin(), settings.topics(), partitions, replication);
      created.forEach(name -> terminal.out().println("created " + name));
      return verify(cluster, settings);
    } catch (KafkaException e) {
      throw Cluster.explain(settings, e);
    }
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Checks that the topics are there and fit together.")
  int check(@Mixin ConnectionOptions connection) {
    Settings settings = connection.settings(terminal, Map.of());
    try (Cluster cluster = Cluster.connect(settings)) {
      return verify(cluster, settings);
    } catch (KafkaException e) {
      throw Cluster.explain(settings, e);
    }
  }

  private int verify(Cluster cluster, Settings settings) {
    try {
      int partitions = TopicSetup.verify(cluster.admin(), settings.topics());
      terminal
          .out()
          .printf(
              "the topics %s* are all there, with %d partitions%n",
              settings.topics().prefix(), partitions);
      return Exit.OK;
    } catch (IllegalStateException e) {
      terminal.err().println(e.getMessage());
      return Exit.NOT_AS_HOPED;
    }
  }
}

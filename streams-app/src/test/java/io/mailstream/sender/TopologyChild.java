package io.mailstream.sender;

import io.mailstream.app.StreamsApp;
import io.mailstream.runtime.config.ConfigSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Topologies in a process of their own, so that they can be killed as a machine kills: at once. All
 * of them share one process, because the start of a JVM costs more than all that a test has them
 * do.
 */
final class TopologyChild implements AutoCloseable {

  private final List<String> command = new ArrayList<>();
  private final Path log;
  private Process process;

  /** A process that is not started; its log and its configurations lie in a directory. */
  TopologyChild(Path directory, List<Map<String, String>> topologies) {
    log = directory.resolve("topology.log");
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TopologyChild.class.getName()));
    for (Map<String, String> settings : topologies) {
      Path config = directory.resolve("topology-%d.properties".formatted(command.size()));
      command.add(config.toString());
      Properties properties = new Properties();
      properties.putAll(settings);
      try (var out = Files.newOutputStream(config)) {
        properties.store(out, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The process: a topology for each configuration, until the test that started it is gone. */
  public static void main(String[] configs) throws IOException {
    for (String config : configs) {
      StreamsApp.start(ConfigSources.load(Optional.of(Path.of(config)), Map.of(), Map.of()));
    }
    while (System.in.read() >= 0) {
      // nothing is ever said
    }
    System.exit(0);
  }

  void start() {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: nothing is closed, flushed or committed. */
  void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the topology's process survives SIGKILL");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The end of its log, for the message of a failure. */
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}

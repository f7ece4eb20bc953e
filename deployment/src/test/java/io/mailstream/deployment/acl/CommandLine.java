package io.mailstream.deployment.acl;

import java.io.File;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs {@code mailstream} as people do: in a process of its own. */
final class CommandLine {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final Path properties;

  /**
   * A command line.
   *
   * @param properties what stands in its configuration file
   */
  CommandLine(Path directory, Map<String, String> properties) throws Exception {
    this.directory = directory;
    this.properties =
        Files.writeString(
            directory.resolve("cli.properties"),
            properties.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n")));
  }

  /** How it ended. */
  record Ended(int status, String output) {}

  /** Runs one command; {@code --config} is added. */
  Ended run(String... arguments) throws Exception {
    Path output = Files.createTempFile(directory, "cli", ".out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath()));
    command.add("io.mailstream.cli.Mailstream");
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", properties.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          "not done within %d s: %s%n%s"
              .formatted(LIMIT.toSeconds(), command, Files.readString(output)));
    }
    return new Ended(process.exitValue(), Files.readString(output));
  }

  /** Launchers of tests may load them by a class loader of their own. */
  private static String classPath() {
    return CommandLine.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs())
            .map(url -> Path.of(URI.create(url.toString())).toString())
            .collect(Collectors.joining(File.pathSeparator))
        : System.getProperty("java.class.path");
  }
}

package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Prometheus' own checks. Where promtool is not installed its tests are skipped, unless {@code
 * -Dmailstream.promtool.required=true}: then they fail.
 */
final class Promtool {

  private static final String REQUIRED = "mailstream.promtool.required";

  private Promtool() {}

  /** Goes on only where there is a promtool. */
  static void assume() {
    boolean isThere = find().isPresent();
    assertThat(isThere || !Boolean.getBoolean(REQUIRED))
        .as("-D%s=true, and promtool is not on the path", REQUIRED)
        .isTrue();
    Assumptions.assumeTrue(
        isThere,
        "promtool is not on the path: rules and queries are not checked by it. It comes with"
            + " Prometheus (Debian: apt-get install prometheus)");
  }

  /** Runs it; what it says if it finds faults. */
  static Optional<String> faults(Path directory, String... arguments)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Stream.concat(Stream.of(find().orElseThrow().toString()), Arrays.stream(arguments))
                    .toList())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? Optional.empty() : Optional.of(said);
  }

  private static Optional<Path> find() {
    return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
        .map(directory -> Path.of(directory).resolve("promtool"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

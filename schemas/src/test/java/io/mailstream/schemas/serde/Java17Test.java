package io.mailstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Producers are not on the newest Java: what they use works on 17. */
class Java17Test {

  private static final int VERSION = 17;
  private static final long TIMEOUT_SECONDS = 120;

  @Test
  void aRequestIsWrittenAndReadOnJava17() throws Exception {
    Optional<Path> java = findJava();
    assumeThat(java)
        .as("a JDK 17: set JAVA_HOME_17, or install one below /usr/lib/jvm or ~/.sdkman")
        .isPresent();
    try (TestRegistry registry = new TestRegistry()) {
      Process process =
          new ProcessBuilder(
                  java.orElseThrow().toString(),
                  "-Xmx128m",
                  "-cp",
                  classPath(),
                  RoundTripMain.class.getName(),
                  registry.url())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(output).contains("round trip on Java 17: ok");
      assertThat(process.exitValue()).isZero();
    }
  }

  /** The class path without the tests, which are built for the JDK of the build. */
  private static String classPath() throws Exception {
    List<String> entries = new ArrayList<>();
    entries.add(location(MailstreamAvroSerializer.class));
    entries.add(compiledForJava17().toString());
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Path compiledForJava17() throws Exception {
    Path out = Files.createTempDirectory("java17");
    Path source =
        Path.of("src/test/java").resolve(RoundTripMain.class.getName().replace('.', '/') + ".java");
    int failures =
        javax.tools.ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                String.valueOf(VERSION),
                "-proc:none",
                "-cp",
                location(MailstreamAvroSerializer.class)
                    + File.pathSeparator
                    + System.getProperty("java.class.path"),
                "-d",
                out.toString(),
                source.toString());
    assertThat(failures).isZero();
    return out;
  }

  private static String location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  private static Optional<Path> findJava() {
    List<Path> homes = new ArrayList<>();
    Stream.of("JAVA_HOME_17", "JAVA_HOME_17_X64", "JDK17_HOME", "JAVA_HOME")
        .map(System::getenv)
        .filter(home -> home != null)
        .forEach(home -> homes.add(Path.of(home)));
    String user = System.getProperty("user.home");
    for (Path parent :
        List.of(
            Path.of("/usr/lib/jvm"),
            Path.of("/opt"),
            Path.of(user, ".sdkman/candidates/java"),
            Path.of(user, ".jdks"),
            Path.of(user, ".m2/jdks"),
            Path.of("/Library/Java/JavaVirtualMachines"))) {
      homes.addAll(children(parent));
    }
    return homes.stream()
        .flatMap(home -> Stream.of(home, home.resolve("Contents/Home")))
        .filter(Java17Test::isVersion)
        .map(home -> home.resolve("bin/java"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static List<Path> children(Path parent) {
    File[] found = parent.toFile().listFiles(File::isDirectory);
    return found == null
        ? List.of()
        : Arrays.stream(found).map(File::toPath).sorted().collect(Collectors.toList());
  }

  /** By the file that every JDK has at its root, without running anything. */
  private static boolean isVersion(Path home) {
    Path release = home.resolve("release");
    if (!Files.isReadable(release)) {
      return false;
    }
    Properties properties = new Properties();
    try (var in = Files.newBufferedReader(release)) {
      properties.load(in);
    } catch (IOException e) {
      return false;
    }
    String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
    return version.equals(String.valueOf(VERSION)) || version.startsWith(VERSION + ".");
  }
}

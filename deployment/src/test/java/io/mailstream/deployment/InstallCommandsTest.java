package io.mailstream.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands that install Mailstream, as docs/deploy/ gives them: run dry where that needs no
 * cluster. What {@code apply -k} sends is built and checked elsewhere.
 */
class InstallCommandsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String CREATE_SECRET = "kubectl -n mailstream create secret generic ";

  @Test
  void bothPagesGiveTheSameSixCommands() throws IOException {
    List<String> forProduction = commands("helm.md");
    assertThat(forProduction).hasSize(6);
    assertThat(commands("strimzi.md"))
        .map(command -> command.replace("overlays/dev", "overlays/production"))
        .map(command -> command.replace("VALUES.yaml", "values.yaml"))
        .isEqualTo(forProduction);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kubectl create namespace ", CREATE_SECRET})
  void kubectlTakesTheCommand(String begin) throws Exception {
    assertThat(dryRun(command(begin)).at("/metadata/name").asText()).isNotEmpty();
  }

  @Test
  void theSecretIsTheOneThatTheChartReads() throws Exception {
    JsonNode secret = dryRun(command(CREATE_SECRET));
    JsonNode reference =
        StrictYaml.documents(Files.readString(ROOT.resolve("helm/mailstream/values.yaml")))
            .getFirst()
            .at("/topology/secrets/api.tokens");
    assertThat(secret.at("/metadata/name")).isEqualTo(reference.path("name"));
    assertThat(secret.path("data").fieldNames())
        .toIterable()
        .containsExactly(reference.path("key").asText());
    assertThat(secret.at("/data").path(reference.path("key").asText()).asText()).isNotEmpty();
  }

  @Test
  void helmRendersTheReleaseThatTheCommandNames() throws IOException {
    String[] words = command("helm -n mailstream install ").split(" ", -1);
    String manifests =
        new Helm(ROOT.resolve(words[5]))
            .template()
            .withNamespace(words[2])
            .withName(words[4])
            .withKubeVersion("1.33.0")
            .withValuesFile(ROOT.resolve("helm/mailstream/examples/minimal-dev.yaml"))
            .call();
    assertThat(StrictYaml.documents(manifests))
        .extracting(object -> object.at("/metadata/name").asText())
        .contains(words[4] + "-topology", words[4] + "-sender");
    assertThat(command("helm -n mailstream test ")).endsWith(" " + words[4]);
  }

  private static List<String> commands(String page) throws IOException {
    return Files.readString(ROOT.resolve("docs/deploy").resolve(page))
        .split("```", -1)[1]
        .strip()
        .lines()
        .toList();
  }

  private static String command(String begin) throws IOException {
    return commands("helm.md").stream()
        .filter(command -> command.startsWith(begin))
        .findFirst()
        .orElseThrow();
  }

  /** What kubectl would send; skipped where there is no kubectl. */
  private static JsonNode dryRun(String command) throws IOException, InterruptedException {
    assumeTrue(isOnPath("kubectl"), "kubectl is not on the path: install it to run this test");
    Process process =
        new ProcessBuilder("bash", "-c", command + " --dry-run=client -o yaml")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
    return StrictYaml.documents(output).getFirst();
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}

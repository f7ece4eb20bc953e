package io.mailstream.deployment.kustomize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KustomizationTest {

  private static final String TOPIC =
      """
      apiVersion: kafka.strimzi.io/v1
      kind: KafkaTopic
      metadata: {name: a}
      spec: {replicas: 3, config: {x: 1, y: 2}}
      """;

  @TempDir Path directory;

  @Test
  void operationsAndMergesChangeWhatTheyFit() throws IOException {
    write("a.yaml", TOPIC + "---\n" + TOPIC.replace("name: a", "name: b"));
    JsonNode[] topics =
        build(
                """
                namespace: n
                resources: [a.yaml]
                patches:
                  - target: {kind: KafkaTopic}
                    patch: '[{op: replace, path: /spec/replicas, value: 1}]'
                  - patch: |-
                      apiVersion: kafka.strimzi.io/v1
                      kind: KafkaTopic
                      metadata: {name: b}
                      spec: {config: {x: 7, y: null}}
                """)
            .objects()
            .toArray(JsonNode[]::new);
    assertThat(topics[0].path("spec").toString())
        .isEqualTo("{\"replicas\":1,\"config\":{\"x\":1,\"y\":2}}");
    assertThat(topics[1].path("spec").toString())
        .isEqualTo("{\"replicas\":1,\"config\":{\"x\":7}}");
    assertThat(topics[1].at("/metadata/namespace").asText()).isEqualTo("n");
  }

  @Test
  void aComponentAddsToWhatIsThere() throws IOException {
    write("a.yaml", TOPIC);
    Path component = Files.createDirectory(directory.resolve("c"));
    Files.writeString(component.resolve("b.yaml"), TOPIC.replace("name: a", "name: b"));
    Files.writeString(
        component.resolve("kustomization.yaml"),
        """
        kind: Component
        resources: [b.yaml]
        patches:
          - target: {kind: KafkaTopic, name: a}
            patch: |-
              - {op: add, path: /spec/list, value: [1]}
              - {op: add, path: /spec/list/-, value: 2}
        """);
    Kustomization built =
        build(
            """
            resources: [a.yaml]
            components: [c]
            patches:
              - target: {kind: KafkaTopic}
                patch: '[{op: replace, path: /spec/replicas, value: 1}]'
            """);

    assertThat(built.objects()).hasSize(2);
    assertThat(built.objects().getFirst().at("/spec/list").toString()).isEqualTo("[1,2]");
    assertThat(built.objects()).allMatch(object -> object.at("/spec/replicas").intValue() == 1);
    assertThat(built.files()).hasSize(4);
    assertThatThrownBy(() -> build("resources: [a.yaml, c]"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commonLabels: {a: b}",
        "images: []",
        "patches: [{target: {kind: KafkaTopic, name: other}, patch: '[]'}]",
        "patches: [{target: {labelSelector: a}, patch: '[]'}]",
        "patches: [{target: {kind: KafkaTopic}, patch: '[{op: replace, path: /spec/no, value:"
            + " 1}]'}]",
        "patches: [{target: {kind: KafkaTopic}, patch: '[{op: move, path: /spec/replicas}]'}]"
      })
  void whatItDoesNotKnowOrFindIsRefused(String more) throws IOException {
    write("a.yaml", TOPIC);
    assertThatThrownBy(() -> build("resources: [a.yaml]\n" + more))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "staging", "production"})
  void kubectlBuildsTheSame(String overlay) throws Exception {
    assumeTrue(hasKubectl(), "kubectl is not on the path: its own kustomize is not compared");
    Path path = Manifests.projectRoot().resolve("strimzi/overlays").resolve(overlay);
    Process kubectl =
        new ProcessBuilder("kubectl", "kustomize", path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(kubectl.waitFor()).isZero();
    assertThat(byName(Kustomization.build(path).objects()))
        .isEqualTo(byName(Manifests.parse(output)));
  }

  private static Map<String, JsonNode> byName(List<JsonNode> objects) {
    Map<String, JsonNode> byName = new TreeMap<>();
    objects.forEach(object ->
        byName.put(
            object.path("kind").asText() + "/" + object.at("/metadata/name").asText(), object));
    return byName;
  }

  private static boolean hasKubectl() throws InterruptedException {
    try {
      return new ProcessBuilder("kubectl", "version", "--client")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Kustomization build(String text) throws IOException {
    write("kustomization.yaml", text);
    return Kustomization.build(directory);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}

package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.deployment.StrictYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the chart makes of alerts and dashboards is what their files say. */
class ObservabilityTest {

  private static final Path PRODUCTION = Chart.example("production");

  @Test
  void theRulesAreThoseOfTheFile() throws IOException {
    JsonNode file =
        StrictYaml.documents(Files.readString(Chart.DIRECTORY.resolve("rules/alerts.yaml")))
            .getFirst();

    JsonNode rule = Manifests.of(PRODUCTION).get("PrometheusRule", "mailstream");

    assertThat(rule.get("spec")).isEqualTo(file);
    assertThat(rule.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
  }

  @Test
  void eachDashboardIsAConfigMapThatGrafanasSidecarFinds() throws IOException {
    for (Path file : dashboards()) {
      String name = file.getFileName().toString();
      JsonNode map =
          Manifests.of(PRODUCTION)
              .get("ConfigMap", "mailstream-dashboard-" + name.replace(".json", ""));

      assertThat(map.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
      assertThat(new ObjectMapper().readTree(map.get("data").get(name).asText()))
          .isEqualTo(new ObjectMapper().readTree(file.toFile()));
    }
  }

  @Test
  void noneIsMadeUnlessAskedFor() {
    assertThat(Chart.objects(Chart.DIRECTORY.resolve("values.yaml")))
        .noneMatch(object -> object.get("kind").asText().equals("PrometheusRule"))
        .noneMatch(object -> object.at("/metadata/name").asText().contains("dashboard"));
  }

  private static List<Path> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(Chart.DIRECTORY.resolve("dashboards"))) {
      List<Path> all = files.toList();
      assertThat(all).isNotEmpty();
      return all;
    }
  }
}

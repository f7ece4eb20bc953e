package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.deployment.StrictYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void noneIsMadeUnlessAskedFor() {
    assertThat(Chart.objects(Chart.DIRECTORY.resolve("values.yaml")))
        .noneMatch(object -> object.get("kind").asText().equals("PrometheusRule"))
        .noneMatch(object -> object.at("/metadata/name").asText().contains("dashboard"));
  }
}

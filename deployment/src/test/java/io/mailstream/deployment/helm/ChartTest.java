package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ChartTest {

  @Test
  void passesHelmsStrictLint() {
    LintResult result = Chart.lint();
    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void rendersEveryExample(Path values) {
    assertThat(Chart.objects(values))
        .extracting(object -> object.get("kind").asText())
        .contains("StatefulSet", "Deployment", "Service", "ServiceAccount", "ConfigMap", "Pod")
        .doesNotContain("Secret");
  }

  /** What no schema can say: values that do not fit together. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sender.terminationGracePeriodSeconds | 30 | sender.terminationGracePeriodSeconds is 30
          sender.handoverTimeoutSeconds | 55 | sender.terminationGracePeriodSeconds is 60
          policies.content.accounts.ses.settings.call_timeout | 2m | longest send takes 120 s
          topology.secrets.api\\.tokens | null | api.tokens is missing
          topology.secrets.suppression\\.hash\\.keys.name | a | must be the same in both
          sender.secrets.suppression\\.hash\\.keys.name | a | must be the same in both
          webhookIngest.enabled | true | webhookIngest.snsTopicArns is missing
          topology.config.http\\.port | 9 | topology.config sets http.port
          monitor.enabled | true | monitor.to is missing
          smartHost.enabled | true | smartHost.image.repository is missing
          secrets.source | external | secrets.external.store.name is missing
          """)
  void saysWhichValuesDoNotFit(String key, String value, String says) {
    Path values =
        key.startsWith("policies")
            ? Chart.example("eks-ses-irsa")
            : Chart.DIRECTORY.resolve("values.yaml");
    Map<String, Object> more =
        key.startsWith("smartHost")
            ? Map.of(key, value, "smartHost.hostname", "a.example")
            : Map.of(key, value);
    assertThatThrownBy(() -> Chart.render(values, more)).hasMessageContaining(says);
  }

  @Test
  void restartsPodsWhenTheirFilesChange() {
    Path values = Chart.example("production");
    Map<String, JsonNode> before = Checksums.of(Chart.objects(values));
    Map<String, JsonNode> policies =
        Checksums.of(Chart.objects(values, Map.of("policies.content.max_recipients", 7)));
    assertThat(policies.get("mailstream-topology").get("checksum/policies"))
        .isNotEqualTo(before.get("mailstream-topology").get("checksum/policies"));
    assertThat(policies.get("mailstream-sender").get("checksum/policies"))
        .isNotEqualTo(before.get("mailstream-sender").get("checksum/policies"));
    assertThat(policies.get("mailstream-webhook-ingest"))
        .isEqualTo(before.get("mailstream-webhook-ingest"));

    Map<String, JsonNode> settings =
        Checksums.of(Chart.objects(values, Map.of("sender.openSends", 7)));
    assertThat(settings.get("mailstream-sender").get("checksum/config"))
        .isNotEqualTo(before.get("mailstream-sender").get("checksum/config"));
    assertThat(settings.get("mailstream-topology")).isEqualTo(before.get("mailstream-topology"));
  }

  private static final class Checksums {
    static Map<String, JsonNode> of(Iterable<JsonNode> objects) {
      Map<String, JsonNode> found = new java.util.TreeMap<>();
      for (JsonNode object : objects) {
        JsonNode annotations = object.at("/spec/template/metadata/annotations");
        if (annotations.has("checksum/config")) {
          found.put(object.at("/metadata/name").asText(), annotations);
        }
      }
      return found;
    }
  }
}

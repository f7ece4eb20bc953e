package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards of helm/mailstream: what they ask for is there, and Prometheus understands it. */
class DashboardsTest {

  private static final Path DIRECTORY = Path.of("../helm/mailstream/dashboards");
  private static final Path PAGE = Path.of("../docs/dashboards.md");
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void promtoolUnderstandsEveryQuery(@TempDir Path directory) throws Exception {
    Promtool.assume();
    StringBuilder rules = new StringBuilder("groups:\n  - name: queries\n    rules:\n");
    for (String query : queries()) {
      rules.append("      - record: query\n        expr: |\n          ");
      rules.append(asAsked(query)).append('\n');
    }
    Files.writeString(directory.resolve("queries.yaml"), rules.toString());

    assertThat(Promtool.faults(directory, "check", "rules", "queries.yaml")).isEmpty();
  }

  /** A query as Grafana sends it. */
  private static String asAsked(String query) {
    return query.replace("$__rate_interval", "5m").replace("$namespace", ".*");
  }

  @Test
  void everyQueryIsOnMetricsThatThereAre() throws IOException {
    DocumentedMetrics documented = DocumentedMetrics.read();
    List<String> queries = queries();
    assertThat(queries).hasSizeGreaterThan(40);
    assertThat(queries)
        .allSatisfy(query -> {
          assertThat(AlertsTest.metrics(query)).isNotEmpty().allMatch(documented::has);
          assertThat(query).contains("namespace=~\"$namespace\"");
        });
  }

  @Test
  void dashboardsAreToldApartAndSoAreTheirPanels() throws IOException {
    Set<String> uids = new HashSet<>();
    for (JsonNode dashboard : dashboards()) {
      assertThat(uids.add(dashboard.get("uid").asText())).isTrue();
      Set<Integer> ids = new HashSet<>();
      Set<String> places = new HashSet<>();
      for (JsonNode panel : dashboard.get("panels")) {
        assertThat(ids.add(panel.get("id").asInt())).isTrue();
        assertThat(places.add(panel.get("gridPos").toString())).isTrue();
        assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
        assertThat(panel.get("targets")).isNotEmpty();
      }
    }
  }

  @Test
  void thePageNamesEveryDashboard() throws IOException {
    String page = Files.readString(PAGE);
    for (JsonNode dashboard : dashboards()) {
      assertThat(page).contains(dashboard.get("title").asText());
    }
  }

  private static List<String> queries() throws IOException {
    List<String> queries = new ArrayList<>();
    for (JsonNode dashboard : dashboards()) {
      for (JsonNode panel : dashboard.get("panels")) {
        panel.get("targets").forEach(target -> queries.add(target.get("expr").asText()));
      }
    }
    return queries;
  }

  private static List<JsonNode> dashboards() throws IOException {
    List<JsonNode> dashboards = new ArrayList<>();
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      for (Path file : files.sorted().toList()) {
        dashboards.add(JSON.readTree(file.toFile()));
      }
    }
    return dashboards;
  }
}

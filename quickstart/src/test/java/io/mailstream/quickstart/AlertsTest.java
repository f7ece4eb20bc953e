package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The rules of helm/mailstream/rules: sound, tested, explained, and on metrics that there are. */
class AlertsTest {

  private static final Path ROOT = Path.of("..");
  private static final Path RULES = ROOT.resolve("helm/mailstream/rules/alerts.yaml");
  private static final Path CASES = Path.of("src/test/promtool");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:mailstream|kafka|jvm|process)_[a-z_0-9]+");
  private static final YAMLMapper YAML = new YAMLMapper();

  @Test
  void promtoolFindsNoFaultInTheRules() throws Exception {
    Promtool.assume();
    assertThat(Promtool.faults(RULES.getParent(), "check", "rules", "alerts.yaml")).isEmpty();
  }

  @Test
  void eachAlertFiresWhenItShouldAndOnlyThen() throws Exception {
    Promtool.assume();
    assertThat(Promtool.faults(CASES, "test", "rules", "alerts-test.yaml")).isEmpty();
  }

  @Test
  void eachAlertIsTestedFiringAndSilent() throws IOException {
    TreeMap<String, Set<Boolean>> seen = new TreeMap<>();
    for (JsonNode test : YAML.readTree(CASES.resolve("alerts-test.yaml").toFile()).get("tests")) {
      for (JsonNode one : test.get("alert_rule_test")) {
        seen.computeIfAbsent(one.get("alertname").asText(), name -> new TreeSet<>())
            .add(one.has("exp_alerts"));
      }
    }
    assertThat(seen.keySet()).isEqualTo(names());
    assertThat(seen.values()).allMatch(cases -> cases.size() == 2);
  }

  @Test
  void eachAlertHasAPageThatNamesItAndACommand() throws IOException {
    for (JsonNode rule : rules()) {
      Path page = ROOT.resolve(rule.at("/annotations/runbook").asText());
      assertThat(page).as(name(rule)).isRegularFile();
      assertThat(Files.readString(page))
          .contains("`" + name(rule) + "`", "## What it means", "## What to look at")
          .containsPattern("## What mends it\n\n```\n[a-z]");
    }
  }

  @Test
  void thePageOfAlertsHasThemAllAndNoOther() throws IOException {
    Set<String> documented =
        Files.readString(ROOT.resolve("docs/alerts.md"))
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(names());
  }

  @Test
  void rulesAndPagesNameOnlyMetricsThatThereAre() throws IOException {
    DocumentedMetrics documented = DocumentedMetrics.read();
    List<String> texts = rules().stream().map(rule -> rule.get("expr").asText()).toList();
    assertThat(texts).hasSizeGreaterThan(10);
    assertThat(texts).allSatisfy(expr -> assertThat(metrics(expr)).allMatch(documented::has));
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs/runbooks"))) {
      for (Path page : pages.toList()) {
        assertThat(metrics(Files.readString(page))).as(page.toString()).allMatch(documented::has);
      }
    }
  }

  static Set<String> metrics(String text) {
    return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  private static Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    rules().forEach(rule -> names.add(name(rule)));
    return names;
  }

  private static String name(JsonNode rule) {
    return rule.get("alert").asText();
  }

  private static List<JsonNode> rules() throws IOException {
    return StreamSupport.stream(YAML.readTree(RULES.toFile()).get("groups").spliterator(), false)
        .flatMap(group -> StreamSupport.stream(group.get("rules").spliterator(), false))
        .toList();
  }
}

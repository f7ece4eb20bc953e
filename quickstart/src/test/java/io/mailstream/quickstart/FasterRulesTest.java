package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FasterRulesTest {

  @Test
  void everySpanOfTimeIsDividedAndNothingElse() {
    String rules =
        """
        expr: increase(a_5m[10m]) > 300 and rate(b[2h] offset 15m) > 1
        for: 5m
        description: 5m later
        """;

    assertThat(FasterRules.of(rules, 60))
        .isEqualTo(
            """
            expr: increase(a_5m[10000ms]) > 300 and rate(b[120000ms] offset 15000ms) > 1
            for: 5000ms
            description: 5m later
            """);
  }

  @Test
  void noSpanOfTheAlertsStaysAsItWas() throws IOException {
    String faster = FasterRules.of(Files.readString(LocalPrometheus.rules()), 120);

    assertThat(faster).contains("[5000ms]", "offset 7500ms", "for: 7500ms");
    assertThat(faster)
        .doesNotContainPattern("\\[\\d+[smhd]\\]|offset \\d+[smhd]\\b|for: \\d+[smhd]\\b");
  }

  @Test
  void fasterRulesAreRules(@TempDir Path directory) throws Exception {
    Promtool.assume();
    Files.writeString(
        directory.resolve("alerts.yaml"),
        FasterRules.of(Files.readString(LocalPrometheus.rules()), LocalPrometheus.FACTOR));

    assertThat(Promtool.faults(directory, "check", "rules", "alerts.yaml")).isEmpty();
  }
}

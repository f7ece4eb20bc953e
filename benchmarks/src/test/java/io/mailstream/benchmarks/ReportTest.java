package io.mailstream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Medians, ratios, and the sink's cost apart. */
class ReportTest {

  @TempDir Path directory;

  private static Sample sample(long messages, long millis) {
    return new Sample(
        messages,
        Duration.ofMillis(millis),
        Duration.ofMillis(500),
        Map.of(Sample.SINK, Duration.ofMillis(100), "sender", Duration.ofMillis(300)));
  }

  private static Report report() {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    samples.put("base", List.of(sample(1000, 1000), sample(1000, 4000), sample(1000, 2000)));
    samples.put("other", List.of(sample(1000, 1000), sample(1000, 1000)));
    return new Report("A title", samples, any -> "base");
  }

  @Test
  void theTableHasMediansAndTheirRatio() {
    StringWriter out = new StringWriter();
    report().print(new PrintWriter(out));

    assertThat(out.toString())
        .contains("| base | 500 (250–1,000) | 1.00 | 400 | sender 300, sink 100 |")
        .contains("| other | 1,000 (1,000–1,000) | 2.00 | 400 | sender 300, sink 100 |");
  }

  @Test
  void theFileHasEveryRound() throws Exception {
    Path file = directory.resolve("deep/report.json");
    report().write(file);

    JsonNode base = new ObjectMapper().readTree(file.toFile()).path("contenders").path("base");
    assertThat(base.path("messages_per_second").asDouble()).isEqualTo(500);
    assertThat(base.path("cpu_micros_per_message").asDouble()).isEqualTo(400);
    assertThat(base.path("rounds").size()).isEqualTo(3);
    assertThat(base.path("rounds").get(1).path("seconds").asDouble()).isEqualTo(4);
    assertThat(base.path("rounds").get(1).path("process_cpu_seconds").path("sender").asDouble())
        .isEqualTo(0.3);
  }

  @Test
  void furtherFiguresHaveColumnsOfTheirOwn() throws Exception {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    samples.put("base", List.of(sample(1000, 1000)));
    samples.put(
        "slow",
        List.of(
            sample(1000, 1000).with(Map.of("p99 ms", 2_000.0)),
            sample(1000, 1000).with(Map.of("p99 ms", 1_000.0))));
    Report report = new Report("A title", samples, any -> "base");
    StringWriter out = new StringWriter();
    report.print(new PrintWriter(out));
    Path file = directory.resolve("report.json");
    report.write(file);

    assertThat(out.toString())
        .contains("| of which processes | p99 ms |")
        .contains("|---|---|---|---|---|---|")
        .contains("| sender 300, sink 100 |  |")
        .contains("| sender 300, sink 100 | 1,500.0 |");
    JsonNode slow = new ObjectMapper().readTree(file.toFile()).path("contenders").path("slow");
    assertThat(slow.path("p99 ms").asDouble()).isEqualTo(1500);
    assertThat(slow.path("rounds").get(1).path("p99 ms").asDouble()).isEqualTo(1000);
  }
}

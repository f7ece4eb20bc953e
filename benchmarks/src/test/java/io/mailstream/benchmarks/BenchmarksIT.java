package io.mailstream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each benchmark comes to its end and has figures of all contenders. How large they are is moot.
 * Those that start many processes, or the real services, run only by {@code
 * -Dmailstream.benchmarks.smoke=all}.
 */
class BenchmarksIT {

  private static final String SMOKE = "mailstream.benchmarks.smoke";

  @TempDir Path directory;

  /** What runs for seconds is not worth optimising. */
  @BeforeAll
  static void startFast() {
    System.setProperty(Part.JVM_FLAGS, "-XX:TieredStopAtLevel=1");
  }

  @Test
  void providers() throws Exception {
    JsonNode contenders = run("providers", "--messages", "50");
    assertThat(contenders.size()).isEqualTo(8);
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void topology() throws Exception {
    JsonNode contenders = run("topology", "--messages", "100", "--suppressions", "20");
    assertThat(contenders.size()).isEqualTo(4);
  }

  @Test
  void pipeline() throws Exception {
    JsonNode contenders = run("pipeline", "--messages", "100", "--latency", "5");
    assertThat(contenders.size()).isEqualTo(4);
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void smtp() throws Exception {
    assumeTrue(
        PostfixRelay.isAvailable(), "needs Postfix (apt-get install postfix), started by root");
    JsonNode contenders = run("smtp", "--messages", "100");
    assertThat(contenders.size()).isEqualTo(3);
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void peer() throws Exception {
    assumeTrue(
        PeerPackages.areInstalled(), "needs node, Redis and BullMQ: bin/benchmark peer once");
    JsonNode contenders = run("peer", "--messages", "100");
    assertThat(contenders.size()).isEqualTo(3);
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void sender() throws Exception {
    JsonNode contenders = run("sender", "--messages", "100", "--at-once", "20");
    assertThat(contenders.size()).isEqualTo(2);
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void latency() throws Exception {
    JsonNode contenders =
        run("latency", "--messages", "100", "--seconds", "2", "--backlog", "1000");
    assertThat(contenders)
        .hasSize(3)
        .allSatisfy(contender ->
            assertThat(contender.at("/rounds/0/p99 ms").asDouble())
                .isGreaterThanOrEqualTo(contender.at("/rounds/0/p50 ms").asDouble()));
  }

  @Test
  void stores() throws Exception {
    JsonNode contenders = run("stores", "--messages", "200", "--one-in", "1000");
    assertThat(contenders.size()).isEqualTo(8);
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void restore() throws Exception {
    JsonNode contenders = run("restore", "--messages", "1000");
    assertThat(contenders.size()).isEqualTo(2);
    assertThat(contenders.get(1).at("/rounds/0/MB of memory").asDouble()).isPositive();
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void growth() throws Exception {
    JsonNode contenders = run("growth", "--messages", "100", "--many", "20", "--partitions", "12");
    assertThat(contenders.size()).isEqualTo(5);
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void callbacks() throws Exception {
    JsonNode contenders = run("callbacks", "--messages", "40");
    assertThat(contenders.size()).isEqualTo(14);
  }

  @Test
  @EnabledIfSystemProperty(named = SMOKE, matches = "all")
  void queries() throws Exception {
    JsonNode contenders = run("queries", "--messages", "50", "--suppressions", "100");
    assertThat(contenders.size()).isEqualTo(4);
  }

  private JsonNode run(String benchmark, String... options) throws Exception {
    Path json = directory.resolve(benchmark + ".json");
    List<String> args = new ArrayList<>(List.of(benchmark));
    args.addAll(List.of(options));
    args.addAll(List.of("--rounds", "1", "--warm-ups", "0", "--json", json.toString()));
    assertThat(Benchmarks.run(args.toArray(String[]::new))).isZero();

    JsonNode contenders = new ObjectMapper().readTree(json.toFile()).path("contenders");
    assertThat(contenders)
        .allSatisfy(contender -> {
          assertThat(contender.path("messages_per_second").asDouble()).isPositive();
          assertThat(contender.path("rounds").size()).isEqualTo(1);
        });
    return contenders;
  }
}

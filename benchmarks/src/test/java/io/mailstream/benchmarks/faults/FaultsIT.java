package io.mailstream.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A small run comes to its end, and nothing is wrong. Seven JVMs and their restarts take minutes on
 * a small machine: it runs only by {@code -Dmailstream.benchmarks.smoke=all}.
 */
@EnabledIfSystemProperty(named = "mailstream.benchmarks.smoke", matches = "all")
class FaultsIT {

  private static final String[] SMALL = {
    "--requests", "400",
    "--rate", "60",
    "--kills", "1",
    "--broker-kills", "1",
    "--pauses", "1",
    "--storms", "2",
    "--registry-outages", "1",
    "--registry-outage-seconds", "5",
    "--wipes", "1",
    "--blocks", "1",
    "--evidence-seconds", "20",
    "--seed", "1",
    "--json"
  };

  @TempDir Path directory;

  @Test
  void nothingIsWrong() throws Exception {
    assertThat(run("run.json").path("violations")).isEmpty();
  }

  @Test
  void aPeerIsCounted() throws Exception {
    JsonNode outcome = run("peer.json", "--peer", "LOOP");
    assertThat(outcome.path("accepted").asInt()).isEqualTo(400);
    assertThat(outcome.path("lost").asInt()).isZero();
  }

  private JsonNode run(String json, String... more) throws Exception {
    Path file = directory.resolve(json);
    CommandLine command = new CommandLine(new FaultsCommand());
    String[] args = new String[SMALL.length + 1 + more.length];
    System.arraycopy(SMALL, 0, args, 0, SMALL.length);
    args[SMALL.length] = file.toString();
    System.arraycopy(more, 0, args, SMALL.length + 1, more.length);
    assertThat(command.execute(args)).isZero();
    return new ObjectMapper().readTree(file.toFile());
  }
}

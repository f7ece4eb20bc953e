package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole system end to end: what the demonstration tells is asserted, twice on the same data.
 */
class QuickstartIT {

  @TempDir Path data;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Console console =
      new Console(new PrintStream(written, true, StandardCharsets.UTF_8));

  @Test
  void theDemonstrationComesOutAsToldAlsoOnOldData() throws Exception {
    QuickstartPorts ports = QuickstartPorts.free();
    assertThat(runOn(ports)).as(story()).isTrue();
    assertThat(story())
        .contains(
            "SENT",
            "DELIVERED",
            "DUPLICATE",
            "BOUNCED",
            "COMPLAINED",
            "HARD_BOUNCE",
            "COMPLAINT",
            "[SUPPRESSED]",
            "held");
    assertThat(ports.taken()).isEmpty();

    assertThat(runOn(ports)).as(story()).isTrue();
    assertThat(ports.taken()).isEmpty();
  }

  private boolean runOn(QuickstartPorts ports) throws Exception {
    try (LocalSystem system = new LocalSystem(ports, data, console)) {
      system.start();
      try (Demonstration demonstration = new Demonstration(system, console)) {
        return demonstration.play();
      }
    }
  }

  private String story() {
    return written.toString(StandardCharsets.UTF_8);
  }
}

package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.cli.SuppressionLines.Format;
import io.mailstream.cli.SuppressionLines.Line;
import io.mailstream.v1.SuppressionCommand;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuppressionLinesTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void whatIsWrittenIsReadAgain() {
    Map<String, String> entry =
        Map.of(
            "address", "a@example.com",
            "tenant", "shop",
            "note", "said \"no, thanks\", twice",
            "since", "2026-11-20T00:00:00Z");
    for (Format format : Format.values()) {
      SuppressionLines lines = new SuppressionLines(format);
      lines.read(lines.head());

      assertThat(lines.read(lines.write(entry)))
          .as(format.name())
          .isEqualTo(new Line.Fields(entry));
    }
  }

  @Test
  void aListOfAddressesNeedsNoNames() {
    SuppressionLines lines = new SuppressionLines(Format.CSV);

    assertThat(lines.read("\uFEFFa@example.com"))
        .isEqualTo(new Line.Fields(Map.of("address", "a@example.com")));
    assertThat(lines.read("  ")).isInstanceOf(Line.Nothing.class);
    assertThat(lines.read("b@example.com,shop")).isInstanceOf(Line.Bad.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"address\": 1}",
        "{\"adress\": \"a@example.com\"}",
        "{\"address\": \"a\", \"address\": \"b\"}",
        "a@example.com"
      })
  void aBadLineIsBad(String line) {
    assertThat(new SuppressionLines(Format.NDJSON).read(line)).isInstanceOf(Line.Bad.class);
  }

  @Test
  void allFaultsOfALineAreNamed() {
    Map<String, String> values =
        Map.of(
            "address", "nobody",
            "stream", "news",
            "reason", "X",
            "expires_at", "2020-01-01T00:00:00Z",
            "note", "x".repeat(300));

    assertThat(SuppressionLine.parse(values, Map.of(), NOW))
        .isInstanceOfSatisfying(
            SuppressionLine.Parsed.Bad.class, bad -> assertThat(bad.faults()).hasSize(5));
  }

  @Test
  void whatALineDoesNotSayIsAsTheOptionsSay() {
    Map<String, String> values = Map.of("address", "A@example.com", "reason", "complaint");
    Map<String, String> defaults = Map.of("tenant", "shop", "reason", "UNSUBSCRIBE");

    assertThat(SuppressionLine.parse(values, defaults, NOW))
        .isInstanceOfSatisfying(
            SuppressionLine.Parsed.Command.class,
            parsed -> {
              SuppressionCommand command = parsed.command().setCommandId("c").build();
              assertThat(command.getAddress()).isEqualTo("A@example.com");
              assertThat(command.getTenant()).isEqualTo("shop");
              assertThat(command.getReason().name()).isEqualTo("COMPLAINT");
            });
  }

  @Test
  void theBarIsAsLongAsTheWork() {
    assertThat(Progress.bar(50, 100)).isEqualTo("[###############...............]  50 %  ");
    assertThat(Progress.bar(5, 0)).isEmpty();
  }
}

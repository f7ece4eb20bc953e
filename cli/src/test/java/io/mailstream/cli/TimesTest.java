package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

  private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "30s, PT30S", "5m, PT5M", "2h, PT2H", "1d, PT24H", "PT90S, PT90S"})
  void aDuration(String text, Duration duration) {
    assertThat(Times.duration(text)).hasValue(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "-5m", "5 m", "soon", "PT-5S", "99999999999s"})
  void noDuration(String text) {
    assertThat(Times.duration(text)).isEmpty();
  }

  @Test
  void aPointInTime() {
    assertThat(Times.instant("+10m", NOW)).hasValue(NOW.plusSeconds(600));
    assertThat(Times.instant("2026-11-21T10:00:00+01:00", NOW)).hasValue(NOW);
    assertThat(Times.instant("2026-11-21", NOW)).isEmpty();
  }
}

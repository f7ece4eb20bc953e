package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReturnTimesTest {

  private static final long NOW = 1_000_000;

  private final ReturnTimes times = new ReturnTimes();

  @Test
  void comeOneAfterTheOtherAtTheAccountsPace() {
    assertThat(times.next(20, NOW)).isEqualTo(NOW + ReturnTimes.LEAST);
    assertThat(times.next(20, NOW)).isEqualTo(NOW + ReturnTimes.LEAST + 50);
    assertThat(times.next(10, NOW + 10)).isEqualTo(NOW + ReturnTimes.LEAST + 100);
    assertThat(times.next(10, NOW + 10)).isEqualTo(NOW + ReturnTimes.LEAST + 200);
  }

  @Test
  void afterAPauseTheyBeginAnew() {
    times.next(1, NOW);
    assertThat(times.next(1, NOW + 60_000)).isEqualTo(NOW + 60_000 + ReturnTimes.LEAST);
  }

  @Test
  void beyondTheLastTurnTheyAreSpread() {
    for (int i = 0; i < 29; i++) {
      assertThat(times.next(1, NOW)).isEqualTo(NOW + ReturnTimes.LEAST + 1_000L * i);
    }
    long[] rest = IntStream.range(0, 100).mapToLong(_ -> times.next(1, NOW)).toArray();
    assertThat(LongStream.of(rest).min().orElseThrow())
        .isGreaterThanOrEqualTo(NOW + ReturnTimes.MOST / 2);
    assertThat(LongStream.of(rest).max().orElseThrow()).isLessThan(NOW + ReturnTimes.MOST);
    assertThat(LongStream.of(rest).distinct().count()).isGreaterThan(50);
  }

  @Test
  void anAccountWithoutALimitHoldsNothingBack() {
    assertThat(times.next(Double.POSITIVE_INFINITY, NOW)).isEqualTo(NOW + ReturnTimes.LEAST);
    assertThat(times.next(Double.POSITIVE_INFINITY, NOW)).isEqualTo(NOW + ReturnTimes.LEAST);
  }
}

package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {

  private static final double NANOS = 1e9;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void noWindowHoldsMoreCallsThanRateAndBurstAllow(long seed) {
    Random random = new Random(seed);
    double rate = 1 + random.nextInt(300);
    double burst = 1 + random.nextInt(20);
    Pace pace = new Pace();
    long now = random.nextLong(1L << 40);
    pace.limit(rate, burst, now);
    List<Long> calls = new ArrayList<>();
    long last = now;
    for (int i = 0; i < 2_000; i++) {
      now += random.nextInt(10) == 0 ? random.nextLong(500_000_000) : random.nextLong(5_000_000);
      if (pace.mayPlan(now)) {
        pace.plan();
        pace.unplan();
        long at = now + pace.take(now);
        assertThat(at).as("seed %d: in order", seed).isGreaterThanOrEqualTo(last);
        last = at;
        calls.add(at);
      }
    }
    assertThat(calls).isNotEmpty();
    for (int from = 0; from < calls.size(); from += 7) {
      for (int to = from; to < calls.size(); to++) {
        double window = (calls.get(to) - calls.get(from)) / NANOS;
        assertThat(to - from + 1.0)
            .as("seed %d: calls within %f s at %f a second, burst %f", seed, window, rate, burst)
            .isLessThanOrEqualTo(window * rate + burst + 1e-3);
      }
    }
  }

  @Test
  void whoTakesOverBeginsWithAnEmptyBucket() {
    Pace pace = new Pace();
    pace.limit(10, 10, 0);

    assertThat(pace.take(0)).isEqualTo(100_000_000);
    pace.limit(20, 20, 0);
    assertThat(pace.take(0)).isEqualTo(100_000_000);
  }

  @Test
  void onlyAMomentIsPlannedAhead() {
    Pace pace = new Pace();
    pace.limit(100, 1, 0);
    int planned = 0;
    for (; pace.mayPlan(0); planned++) {
      pace.plan();
    }

    assertThat(planned).isEqualTo(25);
  }

  @Test
  void theSlowestAccountStillSends() {
    Pace pace = new Pace();
    pace.limit(0.1, 1, 0);

    assertThat(pace.mayPlan(0)).isTrue();
    pace.plan();
    assertThat(pace.mayPlan(0)).isFalse();
  }

  @Test
  void withoutALimitNothingWaits() {
    Pace pace = new Pace();

    assertThat(pace.mayPlan(0)).isTrue();
    assertThat(pace.take(0)).isZero();
  }
}

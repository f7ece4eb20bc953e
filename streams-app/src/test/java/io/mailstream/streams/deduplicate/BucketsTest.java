package io.mailstream.streams.deduplicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.policy.Deduplication;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BucketsTest {

  @Test
  void aWindowOfBucketsLooksIntoOneMore() {
    Buckets buckets = new Buckets(new Deduplication(Duration.ofHours(24), 2));
    long hour = Duration.ofHours(1).toMillis();
    assertThat(buckets.toRead(30 * hour)).containsExactly(24 * hour, 12 * hour, 0);
    assertThat(buckets.retention()).isEqualTo(Duration.ofHours(36).plus(Buckets.SLACK));
  }

  @Test
  void nothingYoungerThanTheWindowIsMissed() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      Duration window = Duration.ofMillis(random.nextLong(60_000, 1_000_000_000));
      Buckets buckets = new Buckets(new Deduplication(window, random.nextInt(1, 25)));
      long seen = random.nextLong(0, 2_000_000_000_000L);
      long again = seen + random.nextLong(0, window.toMillis() + 1);
      long bucket = buckets.startOf(seen);
      assertThat(Arrays.stream(buckets.toRead(again)).anyMatch(read -> read == bucket))
          .as("window %s, seen %d, again %d", window, seen, again)
          .isTrue();
      assertThat(bucket).isGreaterThan(again - buckets.retention().toMillis());
    }
  }

  @Test
  void aClockThatGoesBackALittleStandsStill() {
    ClockGuard guard = new ClockGuard(Duration.ofMinutes(60), 1000);
    assertThat(guard.at(10_000_000)).isEqualTo(10_000_000);
    assertThat(guard.at(9_000_000)).isEqualTo(10_000_000);
    assertThat(guard.at(10_000_001)).isEqualTo(10_000_001);
  }

  @Test
  void aClockThatGoesBackFarIsRefusedLoudly() {
    ClockGuard guard = new ClockGuard(Duration.ofMinutes(60), 10_000_000);
    assertThatThrownBy(() -> guard.at(10_000_000 - 3_600_001))
        .isInstanceOf(ClockJumpException.class)
        .hasMessageContaining("set the clock");
  }
}

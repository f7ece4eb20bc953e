package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BusyWaitTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private long cpu;
  private long now;
  private final BusyWait wait = new BusyWait(() -> cpu, () -> now);

  @Test
  void aWaitThatOnlyWaitsNeedsNoRest() {
    for (int i = 0; i < 100; i++) {
      assertThat(waited(10 * MILLI, MILLI, true)).isZero();
    }
  }

  @Test
  void aWaitThatComputesIsFollowedByARest() {
    for (int i = 0; i < 4; i++) {
      assertThat(waited(10 * MILLI, 9 * MILLI, true)).as("it may have had a reason").isZero();
    }
    assertThat(waited(10 * MILLI, 9 * MILLI, true)).isEqualTo(170 * MILLI);
    assertThat(waited(100 * MILLI, 90 * MILLI, true)).as("bounded").isEqualTo(500 * MILLI);
  }

  @Test
  void workIsNoWait() {
    for (int i = 0; i < 100; i++) {
      assertThat(waited(10 * MILLI, 9 * MILLI, false)).isZero();
    }
    assertThat(waited(10 * MILLI, 9 * MILLI, true)).isZero();
  }

  private long waited(long time, long computed, boolean inVain) {
    wait.begins();
    now += time;
    cpu += computed;
    return wait.ended(inVain);
  }
}

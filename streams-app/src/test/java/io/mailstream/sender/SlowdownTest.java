package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlowdownTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long START = -5 * SECOND;

  private final Slowdown slowdown = new Slowdown(START);

  @Test
  void withoutThrottlingARateIsWhatItIs() {
    call(100);
    slowdown.tick(START + SECOND);
    assertThat(slowdown.isSlowed()).isFalse();
    assertThat(slowdown.of(14)).isEqualTo(14);
    assertThat(slowdown.of(Double.POSITIVE_INFINITY)).isInfinite();
  }

  @Test
  void halvesOnceASecondDownToATenth() {
    call(200);
    slowdown.tick(START + SECOND);
    assertThat(slowdown.throttled(START + SECOND)).isTrue();
    assertThat(slowdown.of(Double.POSITIVE_INFINITY)).isEqualTo(100);
    assertThat(slowdown.throttled(START + SECOND + SECOND / 2)).isFalse();
    assertThat(slowdown.of(Double.POSITIVE_INFINITY)).isEqualTo(100);
    for (int second = 2; second < 10; second++) {
      slowdown.throttled(START + second * SECOND);
    }
    assertThat(slowdown.of(Double.POSITIVE_INFINITY)).isEqualTo(20);
  }

  @Test
  void whatItReallyCalledCountsWhereThatWasLess() {
    call(30);
    slowdown.tick(START + SECOND);
    slowdown.throttled(START + SECOND);
    assertThat(slowdown.of(100)).isEqualTo(15);
    assertThat(slowdown.of(4)).isEqualTo(2);
  }

  @Test
  void neverLessThanATenthOfAKnownRateOrOneCallASecond() {
    call(3);
    for (int second = 1; second < 20; second++) {
      slowdown.throttled(START + second * SECOND);
    }
    assertThat(slowdown.of(1000)).isEqualTo(100);
    assertThat(slowdown.of(14)).isCloseTo(1.4, within(1e-9));
    assertThat(slowdown.of(Double.POSITIVE_INFINITY)).isCloseTo(1, within(1e-9));
  }

  @Test
  void aBurstBeforeTheFirstTickIsNotTakenForOneCallASecond() {
    call(80);
    slowdown.throttled(START + SECOND / 4);
    assertThat(slowdown.of(300)).isEqualTo(40);
  }

  @Test
  void recoversByAShareOfTheWholeEachSecondAndForgets() {
    call(100);
    slowdown.tick(START + SECOND);
    slowdown.throttled(START + SECOND);
    double before = slowdown.of(300);
    slowdown.tick(START + 3 * SECOND);
    assertThat(slowdown.of(300)).isCloseTo(before + 5, within(1e-6));
    for (int second = 4; second < 20; second++) {
      slowdown.tick(START + second * SECOND);
    }
    assertThat(slowdown.isSlowed()).isFalse();
    assertThat(slowdown.of(1000)).isEqualTo(1000);
  }

  private void call(int times) {
    for (int i = 0; i < times; i++) {
      slowdown.called();
    }
  }
}

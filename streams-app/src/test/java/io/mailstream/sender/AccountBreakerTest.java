package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AccountBreakerTest {

  private final AtomicLong now = new AtomicLong(1_000_000);
  private final AtomicInteger opened = new AtomicInteger();
  private final AccountBreaker breaker =
      new AccountBreaker(
          "main",
          new AccountBreaker.Slow(Duration.ofSeconds(10), 80),
          () -> Instant.ofEpochMilli(now.get()),
          opened::incrementAndGet);

  @Test
  void opensWhenMostOfTheLastCallsFailed() {
    answer(10);
    fail(14, 0);
    assertThat(breaker.isOpen()).isFalse();
    fail(1, 0);

    assertThat(breaker.isOpen()).isTrue();
    assertThat(breaker.tryAcquire()).isFalse();
    assertThat(breaker.openUntil()).isEqualTo(now.get() + 5_000);
    assertThat(opened).hasValue(1);
  }

  @Test
  void opensWithLittleMailWhenNoneWasAnsweredForLong() {
    answer(50);
    fail(5, 7_000);
    assertThat(breaker.isOpen()).isFalse();
    fail(1, 0);

    assertThat(breaker.isOpen()).isTrue();
    assertThat(opened).hasValue(1);
  }

  @Test
  void fewFailuresAreNotEnoughHoweverLongTheyLast() {
    answer(50);
    fail(4, 3_600_000);
    assertThat(breaker.isOpen()).isFalse();
  }

  @Test
  void oneAnswerBeginsTheCountAnew() {
    answer(50);
    fail(4, 20_000);
    answer(1);
    fail(4, 20_000);
    assertThat(breaker.isOpen()).isFalse();
    fail(1, 0);
    assertThat(breaker.isOpen()).isTrue();
  }

  private void answer(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(breaker.tryAcquire()).isTrue();
      breaker.answered(1);
    }
  }

  private void fail(int times, long millisApart) {
    for (int i = 0; i < times; i++) {
      assertThat(breaker.tryAcquire()).isTrue();
      breaker.failed(1);
      now.addAndGet(millisApart);
    }
  }
}

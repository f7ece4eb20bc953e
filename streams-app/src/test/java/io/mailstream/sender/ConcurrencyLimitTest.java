package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST = 250;
  private static final long START = -3 * SECOND;

  private final ConcurrencyLimit limit = new ConcurrencyLimit(MOST);

  @Test
  void doublesWhileItIsUsedAndNeverExceedsTheOpenSends() {
    assertThat(limit.limit()).isEqualTo(20);
    round(100);
    assertThat(limit.limit()).isEqualTo(40);
    round(100);
    assertThat(limit.limit()).isEqualTo(80);
    for (int i = 0; i < 20; i++) {
      round(100);
    }
    assertThat(limit.limit()).isEqualTo(MOST);
  }

  @Test
  void doesNotGrowWhileItIsNotUsed() {
    limit.enter();
    for (int i = 0; i < 1_000; i++) {
      limit.answered(100 * MS);
    }
    assertThat(limit.limit()).isEqualTo(20);
  }

  @Test
  void halvesOnThrottlingOnceASecondDownToAFew() {
    grow(160);
    limit.throttled(START);
    assertThat(limit.limit()).isEqualTo(80);
    limit.throttled(START + SECOND - 1);
    assertThat(limit.limit()).isEqualTo(80);
    for (int second = 1; second < 10; second++) {
      limit.throttled(START + second * SECOND);
    }
    assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.LEAST);
  }

  @Test
  void growsByOneARoundOnceItHasBeenHalved() {
    grow(160);
    limit.throttled(START);
    round(100);
    assertThat(limit.limit()).isEqualTo(81);
    round(100);
    assertThat(limit.limit()).isEqualTo(82);
  }

  @Test
  void standsStillWhileErrorsAreNotRare() {
    round(100, 2);
    assertThat(limit.limit()).as("a tenth failed").isEqualTo(40);
    round(100, 5);
    assertThat(limit.limit()).as("an eighth failed").isEqualTo(40);
    round(100, 4);
    assertThat(limit.limit()).as("a tenth failed").isEqualTo(41);
  }

  @Test
  void whatFailsAtOnceIsNotTakenForFast() {
    round(100);
    for (int i = 0; i < 100; i++) {
      round(100, 3);
      round(100);
    }
    int before = limit.limit();
    round(100);
    assertThat(limit.limit()).isGreaterThanOrEqualTo(before);
  }

  @Test
  void shrinksWhenCallsTakeMuchLongerThanUsual() {
    grow(160);
    round(240);
    assertThat(limit.limit()).as("within twice and 50 ms").isGreaterThanOrEqualTo(160);
    int before = limit.limit();
    round(300);
    round(300);
    assertThat(limit.limit()).isLessThan(before).isGreaterThanOrEqualTo((int) (before * 0.8));
  }

  @Test
  void getsUsedToAnEspThatHasBecomeSlower() {
    grow(160);
    int rounds = 0;
    for (int before = Integer.MAX_VALUE; limit.limit() < before; rounds++) {
      before = limit.limit();
      round(400);
    }
    assertThat(rounds).isLessThan(30);
    assertThat(limit.limit()).isGreaterThan(ConcurrencyLimit.LEAST);
  }

  @Test
  void fasterCallsAreTheNewUsual() {
    grow(80);
    round(10);
    int before = limit.limit();
    round(100);
    assertThat(limit.limit()).isLessThan(before);
  }

  @Test
  void bulkMailLeavesRoomForUrgentMail() {
    for (int i = 0; i < 16; i++) {
      assertThat(limit.hasRoom(true)).isTrue();
      limit.enter();
    }
    assertThat(limit.hasRoom(true)).isFalse();
    for (int i = 0; i < 4; i++) {
      assertThat(limit.hasRoom(false)).isTrue();
      limit.enter();
    }
    assertThat(limit.hasRoom(false)).isFalse();
    limit.leave();
    assertThat(limit.hasRoom(false)).isTrue();
    assertThat(limit.underWay()).isEqualTo(19);
  }

  @Test
  void aSenderWithFewOpenSendsHasALimitOfThese() {
    ConcurrencyLimit small = new ConcurrencyLimit(2);
    assertThat(small.limit()).isEqualTo(2);
    small.throttled(START);
    assertThat(small.limit()).isEqualTo(2);
    assertThat(small.hasRoom(true)).isTrue();
  }

  private void grow(int to) {
    while (limit.limit() < to) {
      round(100);
    }
    assertThat(limit.limit()).isEqualTo(to);
  }

  private void round(long millis) {
    round(millis, 0);
  }

  /** As many calls as may be under way, all at once. */
  private void round(long millis, int failures) {
    int calls = limit.limit();
    for (int i = 0; i < calls; i++) {
      limit.enter();
    }
    for (int i = 0; i < calls; i++) {
      limit.leave();
      if (i < failures) {
        limit.failed();
      } else {
        limit.answered(millis * MS);
      }
    }
  }
}

package io.mailstream.streams.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mailstream.policy.Limit;
import io.mailstream.v1.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenBucketTest {

  private static final long T0 = 1_700_000_000_000L;

  @Test
  void begins_full_and_gives_no_more_than_it_has() {
    TokenBucket bucket = TokenBucket.full(new BucketSize(0.001, 3, 0), T0);
    assertThat(take(bucket, Lane.BULK, T0)).isEqualTo(3);
    assertThatThrownBy(() -> bucket.take(Lane.BULK, T0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no token");
  }

  @Test
  void refills_with_the_time_up_to_its_capacity() {
    TokenBucket bucket = TokenBucket.full(new BucketSize(0.001, 3, 0), T0);
    take(bucket, Lane.BULK, T0);
    assertThat(take(bucket, Lane.BULK, T0 + 999)).isZero();
    assertThat(take(bucket, Lane.BULK, T0 + 1000)).isEqualTo(1);
    assertThat(take(bucket, Lane.BULK, T0 + 1_000_000)).isEqualTo(3);
  }

  @Test
  void says_when_the_next_token_is_there() {
    TokenBucket bucket = TokenBucket.full(new BucketSize(0.0003, 1, 0), T0);
    assertThat(bucket.availableAt(Lane.BULK, T0)).isEqualTo(T0);
    take(bucket, Lane.BULK, T0);
    long at = bucket.availableAt(Lane.BULK, T0);
    assertThat(at).isEqualTo(T0 + 3334);
    assertThat(bucket.has(Lane.BULK, at - 1)).isFalse();
    assertThat(bucket.has(Lane.BULK, at)).isTrue();
  }

  @Test
  void bulk_mail_does_not_drain_the_reserve() {
    TokenBucket bucket = TokenBucket.full(new BucketSize(0.001, 10, 2), T0);
    assertThat(take(bucket, Lane.BULK, T0)).isEqualTo(8);
    assertThat(take(bucket, Lane.TRANSACTIONAL, T0)).isEqualTo(2);
    assertThat(bucket.availableAt(Lane.TRANSACTIONAL, T0)).isEqualTo(T0 + 1000);
    assertThat(bucket.availableAt(Lane.BULK, T0)).isEqualTo(T0 + 3000);
  }

  @Test
  void a_clock_set_back_refills_nothing_and_stops_nothing() {
    TokenBucket bucket = TokenBucket.full(new BucketSize(0.001, 2, 0), T0);
    take(bucket, Lane.BULK, T0);
    assertThat(bucket.has(Lane.BULK, T0 - 3_600_000)).isFalse();
    assertThat(take(bucket, Lane.BULK, T0 - 3_600_000 + 999)).isZero();
    assertThat(take(bucket, Lane.BULK, T0 - 3_600_000 + 1000)).isEqualTo(1);
  }

  @Test
  void resumes_as_it_was_left() {
    BucketSize size = new BucketSize(0.001, 5, 0);
    TokenBucket left = TokenBucket.full(size, T0);
    left.take(Lane.BULK, T0);
    left.take(Lane.BULK, T0);
    TokenBucket resumed = TokenBucket.resume(size, left.tokens(), left.updatedAt());
    assertThat(take(resumed, Lane.BULK, T0)).isEqualTo(3);
    // A smaller limit, or a state that nobody can have written, gives nothing away.
    assertThat(TokenBucket.resume(new BucketSize(1, 2, 0), 5, T0).tokens()).isEqualTo(2);
    assertThat(TokenBucket.resume(size, Double.NaN, T0).tokens()).isZero();
    assertThat(TokenBucket.resume(size, -7, T0).tokens()).isZero();
  }

  @Test
  void a_rate_of_almost_nothing_does_not_overflow() {
    TokenBucket bucket = TokenBucket.full(new BucketSize(Double.MIN_VALUE, 1, 0), T0);
    take(bucket, Lane.BULK, T0);
    assertThat(bucket.availableAt(Lane.BULK, T0)).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest(name = "{0}/s, burst {1}, {2} partitions: {3} per ms, holds {4}, keeps {5}")
  @CsvSource({
    "1000, 1000, 10, 0.1, 100, 20",
    "12,   12,   12, 0.001, 1, 0",
    "1,    1,    12, 0.0000833, 1, 0",
    "10,   3,    2,  0.005, 1.5, 0.5",
    "10,   4,    2,  0.005, 2, 1",
    "10,   10,   1,  0.01, 10, 2"
  })
  void a_limit_is_split_over_the_partitions(
      double perSecond, double burst, int partitions, double perMilli, double holds, double keeps) {
    BucketSize share = BucketSize.share(new Limit(perSecond, burst), partitions);
    assertThat(share.perMilli()).isCloseTo(perMilli, within(1e-6));
    assertThat(share.capacity()).isEqualTo(holds);
    assertThat(share.reserve()).isEqualTo(keeps);
    assertThat(TokenBucket.full(share, T0).has(Lane.BULK, T0)).isTrue();
  }

  private static int take(TokenBucket bucket, Lane lane, long now) {
    int taken = 0;
    while (bucket.has(lane, now)) {
      bucket.take(lane, now);
      taken++;
    }
    return taken;
  }
}

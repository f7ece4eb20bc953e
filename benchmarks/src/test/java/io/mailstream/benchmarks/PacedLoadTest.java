package io.mailstream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Percentiles are values that were measured. */
class PacedLoadTest {

  @Test
  void aPercentileIsTheSmallestValueThatTheShareDoesNotExceed() {
    long[] micros = LongStream.rangeClosed(1, 200).map(i -> i * 1000).toArray();

    assertThat(PacedLoad.percentile(micros, 0.5)).isEqualTo(100);
    assertThat(PacedLoad.percentile(micros, 0.99)).isEqualTo(198);
    assertThat(PacedLoad.percentile(micros, 1)).isEqualTo(200);
    assertThat(PacedLoad.percentile(new long[] {7_500}, 0.01)).isEqualTo(7.5);
  }
}

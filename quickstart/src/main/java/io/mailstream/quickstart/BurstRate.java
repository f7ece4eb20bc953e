package io.mailstream.quickstart;

import io.mailstream.v1.SendResult;
import java.time.Instant;
import java.util.List;

/**
 * How fast a burst left.
 *
 * @param seconds from the first dispatch to the last
 * @param mostWithinASecond the most dispatches within any one second
 */
record BurstRate(double seconds, int mostWithinASecond) {

  /**
   * What a rate of 10 a second and a burst of 10 allow within a second: a full bucket and what
   * flows in meanwhile, plus one that each of four partitions may round up to.
   */
  static final int ALLOWED_WITHIN_A_SECOND = 10 + 10 + 4;

  /** Thirty of 40 mails have to wait for a token, ten of which come in a second; less rounding. */
  static final double LEAST_SECONDS_OF_40 = 2.6;

  static BurstRate of(List<SendResult> results) {
    List<Instant> times = results.stream().map(SendResult::getDispatchedAt).sorted().toList();
    int most = 0;
    int from = 0;
    for (int to = 0; to < times.size(); to++) {
      while (!times.get(from).isAfter(times.get(to).minusSeconds(1))) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    double seconds = (times.getLast().toEpochMilli() - times.getFirst().toEpochMilli()) / 1000.0;
    return new BurstRate(seconds, most);
  }
}

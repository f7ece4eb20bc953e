package io.mailstream.streams.throttle;

import io.mailstream.policy.Limit;

/**
 * The size of one partition's share of a limit.
 *
 * @param perMilli tokens that come back in a millisecond, above 0
 * @param capacity the most tokens, at least 1
 * @param reserve tokens that only the transactional lane may take; 0 where the capacity is one
 *     token, so that bulk mail always can pass
 */
public record BucketSize(double perMilli, double capacity, double reserve) {

  /** The share of the capacity that is kept for the transactional lane. */
  private static final double RESERVED_SHARE = 0.2;

  private static final double MILLIS_PER_SECOND = 1000;

  /**
   * The share of a limit that one of several partitions has. Deliveries hash evenly, so the shares
   * are even; each holds at least one token, or nothing could ever pass. Over all partitions the
   * burst is therefore the larger of the limit's burst and the number of partitions.
   */
  public static BucketSize share(Limit limit, int partitions) {
    double capacity = Math.max(1, limit.burst() / partitions);
    double reserve = Math.min(capacity - 1, Math.max(1, capacity * RESERVED_SHARE));
    return new BucketSize(limit.perSecond() / MILLIS_PER_SECOND / partitions, capacity, reserve);
  }
}

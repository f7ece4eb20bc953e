package io.mailstream.streams.throttle;

import io.mailstream.policy.Limit;
import io.mailstream.v1.Lane;
import java.util.Optional;

/**
 * One partition's share of what an account takes at the moment. Unlike a limit it is no promise,
 * for the sender keeps to the rate in any case: it lets mail wait where it can still go another
 * way, be taken back or be stopped. So it is not written down, and begins with one token.
 */
final class AccountPace {

  /** How much may pass at once, in seconds of the rate. */
  private static final double BURST_SECONDS = 0.5;

  /** How often the rate is asked for, and how far it is trusted ahead, in milliseconds. */
  private static final long LOOK_MILLIS = 100;

  private final String account;
  private final AccountRates rates;
  private final int partitions;
  private Optional<TokenBucket> bucket = Optional.empty();
  private double perSecond = Double.POSITIVE_INFINITY;
  private long lookedAt = Long.MIN_VALUE;

  AccountPace(String account, AccountRates rates, int partitions) {
    this.account = account;
    this.rates = rates;
    this.partitions = partitions;
  }

  boolean has(Lane lane, long now) {
    look(now);
    return bucket.isEmpty() || bucket.get().has(lane, now);
  }

  void take(Lane lane, long now) {
    look(now);
    bucket.ifPresent(tokens -> tokens.take(lane, now));
  }

  /** When to ask again: the rate may have risen by then. */
  long availableAt(Lane lane, long now) {
    look(now);
    return bucket
        .map(tokens -> Math.min(tokens.availableAt(lane, now), now + LOOK_MILLIS))
        .orElse(now);
  }

  private void look(long now) {
    if (lookedAt <= now && now < lookedAt + LOOK_MILLIS) {
      return;
    }
    lookedAt = now;
    double current = rates.perSecond(account, now);
    if (current == perSecond) {
      return;
    }
    perSecond = current;
    bucket =
        Double.isInfinite(current) ? Optional.empty() : Optional.of(resized(share(current), now));
  }

  private TokenBucket resized(BucketSize size, long now) {
    return bucket
        .map(before -> TokenBucket.resume(size, before.tokens(), before.updatedAt()))
        .orElseGet(() -> TokenBucket.resume(size, 1, now));
  }

  private BucketSize share(double rate) {
    return BucketSize.share(new Limit(rate, rate * BURST_SECONDS), partitions);
  }
}

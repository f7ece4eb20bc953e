package io.mailstream.streams.hold;

import io.mailstream.policy.Retry;
import java.util.SplittableRandom;

/**
 * When a failed attempt is repeated: exponential backoff, of which chance takes away a share: with
 * a jitter of 1 any wait from none to the whole is as likely (full jitter). Chance comes from the
 * delivery, the attempt and a seed, so that a replay waits the same.
 *
 * @param retry the policy
 * @param seed the seed
 */
record Backoff(Retry retry, long seed) {

  /**
   * The wait after an attempt, in milliseconds; never longer than the policy's longest.
   *
   * @param attempt the attempt that failed, from 1
   */
  long afterMillis(String deliveryId, int attempt) {
    double longest = retry.max().toMillis();
    double grown = retry.initial().toMillis() * Math.pow(retry.multiplier(), attempt - 1.0);
    double wait = Math.min(grown, longest);
    double chance = new SplittableRandom(seed ^ mix(deliveryId, attempt)).nextDouble();
    return Math.round(wait * (1 - retry.jitter() * chance));
  }

  private static long mix(String deliveryId, int attempt) {
    long hash = attempt;
    for (int i = 0; i < deliveryId.length(); i++) {
      hash = hash * 0x9E3779B97F4A7C15L + deliveryId.charAt(i);
    }
    return hash;
  }
}

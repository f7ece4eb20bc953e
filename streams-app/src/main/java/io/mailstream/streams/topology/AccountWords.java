package io.mailstream.streams.topology;

import io.mailstream.v1.AccountState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last word of each sender on each account. An account takes mail unless an instance says that
 * it does not, and until when; it takes as much as the instances together pace themselves at, and
 * no more than its ESP still takes in its day. Safe for many threads.
 */
final class AccountWords implements KnownAccounts {

  /**
   * How much more than the senders' rate is let through, so that they, not this, are what limits:
   * only they find out when the ESP takes more.
   */
  static final double HEADROOM = 1.2;

  /** What is left of a quota may pass within this time: the next word on it comes before. */
  static final Duration QUOTA_SPREAD = Duration.ofSeconds(40);

  /** How long a word on rate and quota counts: they are repeated, unless the instance is gone. */
  static final Duration COUNTS = Duration.ofSeconds(60);

  private final Map<String, Map<String, Word>> byAccount = new ConcurrentHashMap<>();

  private record Word(long closedUntil, double perSecond, double quotaLeft, long saidAt) {

    static Word of(AccountState state) {
      return new Word(
          switch (state.getStatus()) {
            case SUSPENDED, PARKED ->
                Optional.ofNullable(state.getUntil()).map(Instant::toEpochMilli).orElse(0L);
            case UNKNOWN, OPEN, SLOWED -> 0;
          },
          orInfinite(state.getRatePerSecond()),
          orInfinite(state.getQuotaLeft()),
          state.getAt().toEpochMilli());
    }

    private static double orInfinite(Double value) {
      return value == null ? Double.POSITIVE_INFINITY : value;
    }

    boolean closes(long now) {
      return closedUntil > now;
    }

    boolean counts(long now) {
      return now < saidAt + COUNTS.toMillis();
    }
  }

  /** An instance says something of an account; whether it now opens or closes it. */
  boolean said(String account, String instance, AccountState state) {
    Word word = Word.of(state);
    Word before = of(account).put(instance, word);
    return (before == null ? 0 : before.closedUntil) == 0 ^ word.closedUntil == 0;
  }

  /** An instance has nothing more to say of an account; whether it had closed it. */
  boolean withdrawn(String account, String instance) {
    Word before = of(account).remove(instance);
    return before != null && before.closedUntil != 0;
  }

  private Map<String, Word> of(String account) {
    return byAccount.computeIfAbsent(account, name -> new ConcurrentHashMap<>());
  }

  @Override
  public boolean isOpen(String account, long now) {
    Map<String, Word> words = byAccount.get(account);
    return words == null || words.values().stream().noneMatch(word -> word.closes(now));
  }

  @Override
  public double perSecond(String account, long now) {
    Map<String, Word> words = byAccount.get(account);
    if (words == null) {
      return Double.POSITIVE_INFINITY;
    }
    double together = 0;
    double quotaLeft = Double.POSITIVE_INFINITY;
    for (Word word : words.values()) {
      if (word.counts(now)) {
        together += word.perSecond;
        quotaLeft = Math.min(quotaLeft, word.quotaLeft);
      }
    }
    // Nothing at all is no rate: the instance that has the mail has not said its own yet.
    double paced = together > 0 ? together * HEADROOM : Double.POSITIVE_INFINITY;
    return quotaLeft < 1 ? paced : Math.min(paced, quotaLeft / QUOTA_SPREAD.toSeconds());
  }
}

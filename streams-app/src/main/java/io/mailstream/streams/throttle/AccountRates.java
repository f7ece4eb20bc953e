package io.mailstream.streams.throttle;

/**
 * How fast accounts take mail at the moment, by word of those who call their ESPs. Safe for many
 * threads.
 */
@FunctionalInterface
public interface AccountRates {

  /** Nothing is known of any account. */
  AccountRates UNKNOWN = (account, now) -> Double.POSITIVE_INFINITY;

  /**
   * What all partitions together may give an account.
   *
   * @param now milliseconds since the epoch
   * @return mails a second, above 0; infinite: nothing is known, or it takes all it gets
   */
  double perSecond(String account, long now);
}

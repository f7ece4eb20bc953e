package io.mailstream.sender.provider;

import io.mailstream.v1.Delivery;
import java.util.Optional;

/**
 * One account with one ESP. Called from many threads at once; {@link #send} blocks and is called on
 * a virtual thread.
 */
public interface EmailProvider extends AutoCloseable {

  /**
   * Calls the ESP once, for one delivery. Never repeats a call by itself, in no layer below.
   *
   * @return how it ended; every failure of the call is an outcome, not an exception
   */
  SendOutcome send(Delivery delivery);

  /**
   * Asks the ESP what the account may send. At most one call a minute is made; in between the last
   * answer is returned.
   *
   * @return empty where the ESP does not say or could not be asked yet
   */
  Optional<AccountQuota> quota();

  /** What the account's connections do at the moment; empty: the provider does not know. */
  default Optional<Connections> connections() {
    return Optional.empty();
  }

  @Override
  void close();

  /**
   * The connections of an account.
   *
   * @param leased those that a call uses
   * @param idle those that are kept for the next
   * @param pending calls that wait for one
   */
  record Connections(int leased, int idle, int pending) {}

  /**
   * What the ESP says an account may send.
   *
   * @param maxPerSecond messages a second
   * @param perDay messages in any 24 hours; negative: without limit
   * @param remainingToday what is left of them; negative: without limit
   * @param sendingEnabled whether the account sends at all
   */
  record AccountQuota(
      double maxPerSecond, double perDay, double remainingToday, boolean sendingEnabled) {}
}

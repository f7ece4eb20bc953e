package io.mailstream.sender.recipient;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Says of a recipient whether mail to it can arrive, before it is given to the ESP: by the DNS, or
 * by the API of who sells such answers. Safe for many threads.
 *
 * <p>It is asked with each attempt of each mail, so answers are to be kept for a while. It must not
 * block: whoever asks waits for the future, within a bound, and goes on without an answer.
 */
public interface RecipientCheck extends AutoCloseable {

  /**
   * Takes its settings, once, before it is asked.
   *
   * @param settings what is set below {@code sender.recipient.check.custom.}, without the prefix
   * @throws IllegalArgumentException if they are wrong; names every fault
   */
  default void configure(Map<String, Object> settings) {}

  /**
   * Asks.
   *
   * @param address as the request gave it
   * @param domain its domain in canonical form: lower case, ASCII
   */
  CompletableFuture<Verdict> check(String address, String domain);

  @Override
  default void close() {}
}

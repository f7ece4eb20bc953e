package io.mailstream.sender.provider.http;

import io.mailstream.sender.provider.common.AccountSettings;
import java.net.URI;
import java.time.Duration;

/**
 * The settings of an account with an ESP that is reached by HTTP.
 *
 * @param endpoint where its API is, without a path
 * @param callTimeout how long a call may take in all before its outcome counts as unknown
 * @param connectTimeout how long a connection and its TLS handshake may take
 * @param idleTimeout how long an unused connection is kept; below the server's own
 * @param maxConnections the most connections at once, at least the sender's open sends
 */
public record HttpSettings(
    URI endpoint,
    Duration callTimeout,
    Duration connectTimeout,
    Duration idleTimeout,
    int maxConnections) {

  /**
   * Reads the settings that all such ESPs have.
   *
   * @param endpoint the ESP's own endpoint, unless another is set
   */
  public static HttpSettings of(AccountSettings reader, URI endpoint) {
    return new HttpSettings(
        reader.uri("endpoint").orElse(endpoint),
        reader.duration("call_timeout", Duration.ofSeconds(20), Duration.ofMinutes(5)),
        reader.duration("connect_timeout", Duration.ofSeconds(3), Duration.ofMinutes(1)),
        reader.duration("idle_timeout", Duration.ofSeconds(20), Duration.ofMinutes(5)),
        reader.number("max_connections", 1024, 1, 20_000));
  }
}

package io.mailstream.sender.provider.common;

import java.time.Duration;

/**
 * How long the calls of an account may take and how many connections they may have: the same
 * settings for every kind of ESP.
 *
 * @param callTimeout how long a call may take in all before its outcome counts as unknown
 * @param connectTimeout how long a connection and its TLS handshake may take
 * @param idleTimeout how long an unused connection is kept; below the server's own
 * @param maxConnections the most connections at once
 */
public record CallSettings(
    Duration callTimeout, Duration connectTimeout, Duration idleTimeout, int maxConnections) {

  /** What holds for ESPs by HTTP; more connections than a sender has open sends. */
  public static final CallSettings HTTP =
      new CallSettings(Duration.ofSeconds(20), Duration.ofSeconds(3), Duration.ofSeconds(20), 1024);

  private static final Duration LONGEST_CALL = Duration.ofMinutes(10);
  private static final Duration LONGEST_CONNECT = Duration.ofMinutes(1);
  private static final Duration LONGEST_IDLE = Duration.ofMinutes(5);
  private static final int MOST_CONNECTIONS = 20_000;

  /** Reads the settings, over others. */
  public static CallSettings of(AccountSettings reader, CallSettings defaults) {
    return new CallSettings(
        reader.duration("call_timeout", defaults.callTimeout, LONGEST_CALL),
        reader.duration("connect_timeout", defaults.connectTimeout, LONGEST_CONNECT),
        reader.duration("idle_timeout", defaults.idleTimeout, LONGEST_IDLE),
        reader.number("max_connections", defaults.maxConnections, 1, MOST_CONNECTIONS));
  }
}

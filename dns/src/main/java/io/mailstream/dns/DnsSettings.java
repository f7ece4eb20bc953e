package io.mailstream.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How a resolver asks and what it keeps.
 *
 * @param servers the DNS servers to ask, in this order; empty: those of the system
 * @param timeout how long a question may take in all
 * @param cacheEntries the most names and types that are kept
 * @param maxTtl the longest that records are kept, however long they may be
 * @param maxNegativeTtl the longest that their absence is kept
 */
public record DnsSettings(
    List<InetSocketAddress> servers,
    Duration timeout,
    int cacheEntries,
    Duration maxTtl,
    Duration maxNegativeTtl) {

  public DnsSettings {
    servers = List.copyOf(servers);
  }

  /** Settings for a command that asks a few questions once. */
  public static DnsSettings once(List<InetSocketAddress> servers, Duration timeout) {
    return new DnsSettings(
        servers, timeout, 10_000, Duration.ofMinutes(10), Duration.ofMinutes(10));
  }
}

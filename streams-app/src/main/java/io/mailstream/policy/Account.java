package io.mailstream.policy;

import java.util.Map;
import java.util.Optional;

/**
 * An account with an ESP: where mail goes out, and how fast. Its credentials are not part of the
 * policies: the sender's own configuration names them, so that they stay in secrets.
 *
 * @param name the name that policies, deliveries and results use
 * @param provider the kind of ESP, such as {@code ses}
 * @param limit what the ESP takes; empty: as the ESP itself says, or without a limit of ours
 * @param domainLimits how fast it may send to recipients' domains
 * @param settings the provider's own settings, such as region, endpoint and configuration set
 */
public record Account(
    String name,
    String provider,
    Optional<Limit> limit,
    DomainLimits domainLimits,
    Map<String, String> settings) {

  /** An account that has no limits by domain. */
  public Account(
      String name, String provider, Optional<Limit> limit, Map<String, String> settings) {
    this(name, provider, limit, DomainLimits.NONE, settings);
  }
}

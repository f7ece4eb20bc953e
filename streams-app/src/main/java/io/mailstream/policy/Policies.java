package io.mailstream.policy;

import java.util.Map;
import java.util.Optional;

/**
 * What may be sent, by whom, how fast and by which way: one file, valid as a whole.
 *
 * @param accounts the accounts by name; at least one
 * @param tenants the tenants by name
 * @param defaultTenant what holds for a tenant not named; empty: its mail is refused
 * @param domainGroups which recipients' domains are counted together
 * @param retry when attempts are repeated
 * @param deduplication how long repeats are recognised
 * @param suppression what the ESPs' reports do to an address
 * @param references where content may lie that requests refer to
 * @param maxMessageBytes the largest delivery, serialised, in bytes
 * @param maxRequestBytes the largest request in bytes, as the size of its delivery times its
 *     recipients: they are dispatched in one transaction
 * @param maxRecipients the most recipients of one request
 */
public record Policies(
    Map<String, Account> accounts,
    Map<String, Tenant> tenants,
    Optional<Tenant> defaultTenant,
    DomainGroups domainGroups,
    Retry retry,
    Deduplication deduplication,
    SuppressionRules suppression,
    References references,
    int maxMessageBytes,
    int maxRequestBytes,
    int maxRecipients) {

  /** Without references. */
  public Policies(
      Map<String, Account> accounts,
      Map<String, Tenant> tenants,
      Optional<Tenant> defaultTenant,
      DomainGroups domainGroups,
      Retry retry,
      Deduplication deduplication,
      SuppressionRules suppression,
      int maxMessageBytes,
      int maxRequestBytes,
      int maxRecipients) {
    this(
        accounts,
        tenants,
        defaultTenant,
        domainGroups,
        retry,
        deduplication,
        suppression,
        References.NONE,
        maxMessageBytes,
        maxRequestBytes,
        maxRecipients);
  }

  /** The policy of a tenant; empty: there is none, and its mail is refused. */
  public Optional<Tenant> tenant(String name) {
    Tenant named = tenants.get(name);
    return named == null ? defaultTenant : Optional.of(named);
  }

  /** The policy of a tenant's stream; empty: there is none, and its mail is refused. */
  public Optional<StreamPolicy> stream(String tenant, String stream) {
    return tenant(tenant).flatMap(found -> found.stream(stream));
  }
}

package io.mailstream.policy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One sender of mail and what it may do.
 *
 * @param name the tenant's name
 * @param fromDomains the domains that its From addresses may have, in lower-case ASCII; a leading
 *     {@code *.} allows subdomains, {@code *} allows every domain
 * @param routes the accounts its mail goes through unless the stream names its own
 * @param allowedAccounts further accounts that a request may ask for
 * @param limit the limit over all its streams; empty: none of its own
 * @param actorLimit the limit of each of its actors; empty: none
 * @param recipientLimit the limit of its mail to each recipient; empty: none
 * @param streams its streams by name
 * @param otherStreams what holds for a stream not named; empty: such a stream is refused
 */
public record Tenant(
    String name,
    Set<String> fromDomains,
    Routes routes,
    Set<String> allowedAccounts,
    Optional<Limit> limit,
    Optional<Limit> actorLimit,
    Optional<Limit> recipientLimit,
    Map<String, StreamPolicy> streams,
    Optional<StreamPolicy> otherStreams) {

  /** Whether a request of this tenant may ask for an account. */
  public boolean mayAskFor(String account) {
    return routes.leadTo(account) || allowedAccounts.contains(account);
  }

  /** The policy of a stream of this tenant; empty: the tenant has no such stream. */
  public Optional<StreamPolicy> stream(String stream) {
    StreamPolicy named = streams.get(stream);
    return named == null ? otherStreams : Optional.of(named);
  }
}

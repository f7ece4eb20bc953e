package io.mailstream.streams.throttle;

/**
 * Mail that is subject to the same limits: what one of them must wait for, all of them must.
 *
 * @param tenant the tenant
 * @param stream the tenant's stream
 * @param account the account it is routed to
 * @param domain the recipients' domain or group of domains; empty: no limit counts it
 * @param actor the actor; empty: no limit counts it
 * @param recipient the recipient's canonical address; empty: no limit counts it
 */
public record Flow(
    String tenant, String stream, String account, String domain, String actor, String recipient) {

  /** Mail of which neither domain nor actor nor recipient is counted. */
  public Flow(String tenant, String stream, String account) {
    this(tenant, stream, account, "", "", "");
  }
}

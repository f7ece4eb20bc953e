package io.mailstream.streams.throttle;

import io.mailstream.v1.Delivery;

/**
 * Mail that is subject to the same limits: what one of them must wait for, all of them must.
 *
 * @param tenant the tenant
 * @param stream the tenant's stream
 * @param account the account it is routed to
 */
public record Flow(String tenant, String stream, String account) {

  /** The flow that a routed delivery belongs to. */
  public static Flow of(Delivery delivery) {
    return new Flow(delivery.getTenant(), delivery.getStream(), delivery.getAccount());
  }
}

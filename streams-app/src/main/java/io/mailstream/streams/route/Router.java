package io.mailstream.streams.route;

import io.mailstream.policy.Policies;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.policy.Tenant;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import java.util.Optional;

/**
 * Picks the account that a delivery goes out by: the one the request asks for where the tenant may
 * use it, else the stream's, else the tenant's.
 */
public final class Router {

  private final Policies policies;

  /** A router by the given policies. */
  public Router(Policies policies) {
    this.policies = policies;
  }

  /** Where a delivery goes. */
  public sealed interface Route {

    /** By this account. */
    record By(String account) implements Route {}

    /** Nowhere, and why; the detail is for people. */
    record None(ReasonCode reason, String detail) implements Route {}
  }

  /** Decides on one delivery. */
  public Route route(Delivery delivery) {
    Optional<Tenant> found = policies.tenant(delivery.getTenant());
    if (found.isEmpty()) {
      return new Route.None(
          ReasonCode.NO_ROUTE,
          "the tenant is no longer in the policies: add it there, or send by another");
    }
    Tenant tenant = found.get();
    String hint = delivery.getAccountHint();
    if (hint != null) {
      boolean allowed = hint.equals(tenant.account()) || tenant.allowedAccounts().contains(hint);
      return allowed && policies.accounts().containsKey(hint)
          ? new Route.By(hint)
          : new Route.None(
              ReasonCode.UNKNOWN_ACCOUNT,
              "the account that the request asks for is none that the policies allow to the tenant:"
                  + " name one of allowed_accounts, or none");
    }
    Optional<StreamPolicy> stream = tenant.stream(delivery.getStream());
    if (stream.isEmpty()) {
      return new Route.None(
          ReasonCode.NO_ROUTE,
          "the stream is no longer among the tenant's in the policies: add it there");
    }
    String account = stream.get().account().orElse(tenant.account());
    return policies.accounts().containsKey(account)
        ? new Route.By(account)
        : new Route.None(
            ReasonCode.NO_ROUTE, "the policies name no account for this stream: add one there");
  }

  /**
   * The delivery with its account: the same object where it has it already, else a copy that shares
   * the message.
   */
  public static Delivery withAccount(Delivery delivery, String account) {
    if (account.equals(delivery.getAccount())) {
      return delivery;
    }
    Delivery copy = new Delivery();
    for (int i = 0; i < delivery.getSchema().getFields().size(); i++) {
      copy.put(i, delivery.get(i));
    }
    copy.setAccount(account);
    return copy;
  }
}

package io.mailstream.streams.route;

import io.mailstream.policy.Policies;
import io.mailstream.policy.Routes.Way;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.policy.Tenant;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Picks the account that a delivery goes out by: the one the request asks for where the tenant may
 * use it, else one of the stream's, else one of the tenant's, by their weights.
 *
 * <p>Among several the delivery's id decides, by rendezvous hashing: the same delivery gets the
 * same account each time, and when one account takes no mail only its own share goes elsewhere.
 * Where no account takes mail it is the one that it would be if all did: the mail waits for it.
 */
public final class Router {

  private final Policies policies;
  private final OpenAccounts open;

  /** A router by the given policies, round accounts that take no mail. */
  public Router(Policies policies, OpenAccounts open) {
    this.policies = policies;
    this.open = open;
  }

  /** The same with less: an account takes mail where this says so too. */
  public Router where(OpenAccounts also) {
    return new Router(
        policies, (account, now) -> also.isOpen(account, now) && open.isOpen(account, now));
  }

  /** Where a delivery goes. */
  public sealed interface Route {

    /** By this account. */
    record By(String account) implements Route {}

    /** Nowhere, and why; the detail is for people. */
    record None(ReasonCode reason, String detail) implements Route {}
  }

  /**
   * Decides on one delivery.
   *
   * @param now milliseconds since the epoch
   */
  public Route route(Delivery delivery, long now) {
    Optional<Tenant> found = policies.tenant(delivery.getTenant());
    if (found.isEmpty()) {
      return new Route.None(
          ReasonCode.NO_ROUTE,
          "the tenant is no longer in the policies: add it there, or send by another");
    }
    Tenant tenant = found.get();
    String hint = delivery.getAccountHint();
    if (hint != null && !(tenant.mayAskFor(hint) && policies.accounts().containsKey(hint))) {
      return new Route.None(
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
    List<Way> ways = ways(tenant, stream.get(), delivery.getLane());
    if (hint != null && (open.isOpen(hint, now) || openOnes(ways, now).isEmpty())) {
      return new Route.By(hint);
    }
    if (ways.isEmpty()) {
      return new Route.None(
          ReasonCode.NO_ROUTE, "the policies name no account for this stream: add one there");
    }
    return new Route.By(pick(delivery.getDeliveryId(), ways, now));
  }

  /** Whether an account takes no mail, and another that mail of a stream may go by does. */
  public boolean leadsRound(String account, String tenant, String stream, Lane lane, long now) {
    if (open.isOpen(account, now)) {
      return false;
    }
    return policies
        .tenant(tenant)
        .flatMap(found ->
            found.stream(stream).map(policy -> !openOnes(ways(found, policy, lane), now).isEmpty()))
        .orElse(false);
  }

  private List<Way> ways(Tenant tenant, StreamPolicy stream, Lane lane) {
    return stream.routes().orElse(tenant.routes()).ways().stream()
        .filter(way -> way.lanes().contains(lane))
        .filter(way -> policies.accounts().containsKey(way.account()))
        .toList();
  }

  private List<Way> openOnes(List<Way> ways, long now) {
    return ways.stream().filter(way -> open.isOpen(way.account(), now)).toList();
  }

  private String pick(String deliveryId, List<Way> ways, long now) {
    if (ways.size() == 1) {
      return ways.getFirst().account();
    }
    List<Way> candidates = openOnes(ways, now);
    if (candidates.isEmpty()) {
      candidates = ways;
    }
    return candidates.stream()
        .filter(way -> way.weight() > 0)
        .max(Comparator.comparingDouble(way -> score(deliveryId, way)))
        .orElse(candidates.getFirst())
        .account();
  }

  /** The highest wins in proportion to the weights: Schindelhauer and Schomaker, SPAA 2005. */
  private static double score(String deliveryId, Way way) {
    long seed = ((long) deliveryId.hashCode() << 32) ^ way.account().hashCode();
    return -way.weight() / Math.log(new SplittableRandom(seed).nextDouble(Double.MIN_NORMAL, 1));
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

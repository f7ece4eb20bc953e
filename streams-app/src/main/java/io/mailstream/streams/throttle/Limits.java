package io.mailstream.streams.throttle;

import io.mailstream.policy.Account;
import io.mailstream.policy.DomainLimits;
import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.policy.Tenant;
import io.mailstream.v1.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which scopes mail is subject to, and how large one partition's share of each limit is.
 *
 * @param policies where the limits stand
 * @param partitions how many partitions they are split over
 */
public record Limits(Policies policies, int partitions) {

  /** Stands for no stream in particular. */
  private static final String ALL = "";

  /**
   * The flows that a routed delivery belongs to, the widest first: one that it shares with mail to
   * others, of which there are as many as the policies name, and, where limits count its own
   * domain, actor or recipient, one of which there are as many as there are of these.
   *
   * @param recipientKey the recipient's canonical address
   */
  public List<Flow> flows(Delivery delivery, String recipientKey) {
    Optional<Tenant> tenant = policies.tenant(delivery.getTenant());
    Optional<StreamPolicy> stream = tenant.flatMap(found -> found.stream(delivery.getStream()));
    String domain = domain(delivery.getAccount(), recipientKey);
    boolean actors =
        tenant.flatMap(Tenant::actorLimit).isPresent()
            || stream.flatMap(StreamPolicy::actorLimit).isPresent();
    String actor = actors && delivery.getActor() != null ? delivery.getActor() : "";
    boolean recipients =
        tenant.flatMap(Tenant::recipientLimit).isPresent()
            || stream.flatMap(StreamPolicy::recipientLimit).isPresent();
    String recipient = recipients ? recipientKey : "";
    boolean named =
        account(delivery.getAccount())
            .map(account -> account.domainLimits().names(domain))
            .orElse(false);
    Flow shared =
        new Flow(
            delivery.getTenant(),
            delivery.getStream(),
            delivery.getAccount(),
            named ? domain : "",
            "",
            "");
    if (actor.isEmpty() && recipient.isEmpty() && (named || domain.isEmpty())) {
      return List.of(shared);
    }
    return List.of(
        shared,
        new Flow(shared.tenant(), shared.stream(), shared.account(), domain, actor, recipient));
  }

  /**
   * The scopes of a flow in the order in which they are asked. The account comes first: while it is
   * parked nothing else counts. Account and stream are there without a limit too, for they can be
   * closed for a time.
   */
  public List<Scope> scopes(Flow flow) {
    List<Scope> scopes = new ArrayList<>(4);
    scopes.add(new Scope.Account(flow.account()));
    addLimited(scopes, new Scope.Tenant(flow.tenant()));
    scopes.add(new Scope.Stream(flow.tenant(), flow.stream()));
    if (!flow.domain().isEmpty()) {
      addLimited(scopes, new Scope.Domain(flow.account(), flow.domain()));
    }
    if (!flow.actor().isEmpty()) {
      addLimited(scopes, new Scope.Actor(flow.tenant(), ALL, flow.actor()));
      addLimited(scopes, new Scope.Actor(flow.tenant(), flow.stream(), flow.actor()));
    }
    if (!flow.recipient().isEmpty()) {
      addLimited(scopes, new Scope.Recipient(flow.tenant(), ALL, flow.recipient()));
      addLimited(scopes, new Scope.Recipient(flow.tenant(), flow.stream(), flow.recipient()));
    }
    return scopes;
  }

  /** One partition's share of a scope's limit; empty: the scope has none. */
  public Optional<BucketSize> size(Scope scope) {
    return switch (scope) {
      case Scope.Account(String account) ->
          account(account).flatMap(Account::limit).map(this::share);
      case Scope.Tenant(String tenant) ->
          policies.tenant(tenant).flatMap(Tenant::limit).map(this::share);
      case Scope.Stream(String tenant, String stream) ->
          policies.stream(tenant, stream).flatMap(StreamPolicy::limit).map(this::share);
      case Scope.Domain(String account, String domain) ->
          account(account).flatMap(found -> found.domainLimits().of(domain)).map(this::share);
      case Scope.Actor(String tenant, String stream, String actor) ->
          (stream.equals(ALL)
                  ? policies.tenant(tenant).flatMap(Tenant::actorLimit)
                  : policies.stream(tenant, stream).flatMap(StreamPolicy::actorLimit))
              .map(this::share);
      // All mail to one address is in one partition: nothing to share.
      case Scope.Recipient(String tenant, String stream, String recipient) ->
          (stream.equals(ALL)
                  ? policies.tenant(tenant).flatMap(Tenant::recipientLimit)
                  : policies.stream(tenant, stream).flatMap(StreamPolicy::recipientLimit))
              .map(limit -> BucketSize.share(limit, 1));
    };
  }

  private String domain(String account, String recipientKey) {
    DomainLimits limits = account(account).map(Account::domainLimits).orElse(DomainLimits.NONE);
    if (limits.isEmpty()) {
      return "";
    }
    String name =
        policies.domainGroups().nameOf(recipientKey.substring(recipientKey.lastIndexOf('@') + 1));
    return limits.of(name).isPresent() ? name : "";
  }

  private void addLimited(List<Scope> scopes, Scope scope) {
    if (size(scope).isPresent()) {
      scopes.add(scope);
    }
  }

  private Optional<Account> account(String name) {
    return Optional.ofNullable(policies.accounts().get(name));
  }

  private BucketSize share(Limit limit) {
    return BucketSize.share(limit, partitions);
  }
}

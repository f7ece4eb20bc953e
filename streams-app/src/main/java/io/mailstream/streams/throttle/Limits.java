package io.mailstream.streams.throttle;

import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which scopes a flow is subject to, and how large one partition's share of each limit is.
 *
 * @param policies where the limits stand
 * @param partitions how many partitions they are split over
 */
public record Limits(Policies policies, int partitions) {

  /**
   * The scopes of a flow in the order in which they are asked; empty: a scope that has no limit and
   * can only be closed for a time. The account comes first: while it is parked nothing else counts.
   */
  public Map<Scope, Optional<BucketSize>> of(Flow flow) {
    Map<Scope, Optional<BucketSize>> scopes = new LinkedHashMap<>();
    scopes.put(
        new Scope.Account(flow.account()),
        Optional.ofNullable(policies.accounts().get(flow.account()))
            .flatMap(account -> account.limit())
            .map(this::share));
    policies
        .tenant(flow.tenant())
        .ifPresent(tenant -> {
          tenant
              .limit()
              .ifPresent(
                  limit -> scopes.put(new Scope.Tenant(flow.tenant()), Optional.of(share(limit))));
          tenant.stream(flow.stream())
              .flatMap(stream -> stream.limit())
              .ifPresent(limit ->
                  scopes.put(
                      new Scope.Stream(flow.tenant(), flow.stream()), Optional.of(share(limit))));
        });
    return scopes;
  }

  private BucketSize share(Limit limit) {
    return BucketSize.share(limit, partitions);
  }
}

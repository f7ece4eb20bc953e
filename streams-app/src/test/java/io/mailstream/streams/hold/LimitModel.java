package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.v1.Delivery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What limits promise, kept apart from how they are kept: over any window no scope has more
 * dispatches than its rate times the window and its burst; and mail that the same scopes block
 * leaves in the order in which it came.
 */
final class LimitModel {

  private static final double ROUNDING = 1e-6;

  private final Map<String, Limit> limits;
  private final int partitions;
  private final Map<String, Counted> scopes = new HashMap<>();
  private final Map<String, Integer> lastOf = new HashMap<>();
  private long clock;
  private long elapsed;

  LimitModel(Map<String, Limit> limits, int partitions, long now) {
    this.limits = limits;
    this.partitions = partitions;
    this.clock = now;
  }

  /** The clock says something else. Time that passes is the way that it moves forward. */
  void clock(long now) {
    elapsed += Math.max(0, now - clock);
    clock = now;
  }

  void dispatched(Delivery delivery) {
    for (String scope : scopesOf(delivery)) {
      Limit limit = limits.get(scope);
      if (limit != null) {
        scopes.computeIfAbsent(scope, s -> new Counted()).count(scope, limit);
      }
    }
  }

  /** Mail of one flow and lane leaves in order; so does a tenant's whose streams have no limits. */
  void inOrder(Delivery delivery, int number) {
    String tenant = delivery.getTenant();
    boolean sameScopes = limits.keySet().stream().noneMatch(s -> s.startsWith(tenant + "/"));
    String group =
        sameScopes
            ? tenant + delivery.getLane()
            : tenant + "/" + delivery.getStream() + delivery.getLane();
    Integer before = lastOf.put(group, number);
    if (before != null) {
      assertThat(number).as("order of %s", group).isGreaterThan(before);
    }
  }

  private static List<String> scopesOf(Delivery delivery) {
    String tenant = delivery.getTenant();
    return List.of(delivery.getAccount(), tenant, tenant + "/" + delivery.getStream());
  }

  private final class Counted {
    private int count;
    private double lowest = Double.POSITIVE_INFINITY;

    /** The worst window that ends now begins where count less refill was lowest. */
    void count(String scope, Limit limit) {
      double perMilli = limit.perSecond() / 1000 / partitions;
      double burst = Math.max(1, limit.burst() / partitions);
      lowest = Math.min(lowest, count - perMilli * elapsed);
      count++;
      double worst = count - perMilli * elapsed - lowest;
      assertThat(worst).as("burst of %s", scope).isLessThanOrEqualTo(burst + ROUNDING);
    }
  }
}

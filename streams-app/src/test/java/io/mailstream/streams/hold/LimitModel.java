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
    scopesOf(delivery)
        .forEach((counted, name) -> {
          Limit limit = limits.get(name);
          if (limit != null) {
            int shares = name.endsWith("/recipient") ? 1 : partitions;
            scopes.computeIfAbsent(counted, s -> new Counted(shares)).count(counted, limit);
          }
        });
  }

  /**
   * Mail that the same scopes count leaves in order, within its lane: that of a flow to one address
   * by one actor always, and a whole tenant's where neither its streams nor domains have limits.
   */
  void inOrder(Delivery delivery, int number) {
    String tenant = delivery.getTenant();
    boolean sameScopes =
        limits.keySet().stream().noneMatch(s -> s.startsWith(tenant + "/") || s.contains("@"));
    String group =
        sameScopes
            ? tenant + delivery.getLane()
            : String.join(
                " ",
                tenant,
                delivery.getStream(),
                delivery.getActor(),
                delivery.getRecipient().getAddress(),
                delivery.getLane().name());
    Integer before = lastOf.put(group, number);
    if (before != null) {
      assertThat(number).as("order of %s", group).isGreaterThan(before);
    }
  }

  /** What counts a delivery, by the name of its limit. */
  private static Map<String, String> scopesOf(Delivery delivery) {
    String tenant = delivery.getTenant();
    String stream = tenant + "/" + delivery.getStream();
    String address = delivery.getRecipient().getAddress();
    String domain = address.substring(address.indexOf('@') + 1);
    String group = domain.equals("gmail.com") ? "google" : domain;
    Map<String, String> scopes = new HashMap<>();
    scopes.put(delivery.getAccount(), delivery.getAccount());
    scopes.put(tenant, tenant);
    scopes.put(stream, stream);
    String named = delivery.getAccount() + "@" + group;
    scopes.put(named, group.equals("google") ? named : delivery.getAccount() + "@");
    for (String of : List.of(tenant, stream)) {
      scopes.put(of + " by " + delivery.getActor(), of + "/actor");
      scopes.put(of + " to " + address, of + "/recipient");
    }
    return scopes;
  }

  private final class Counted {
    private final int shares;
    private int count;
    private double lowest = Double.POSITIVE_INFINITY;

    Counted(int shares) {
      this.shares = shares;
    }

    /** The worst window that ends now begins where count less refill was lowest. */
    void count(String scope, Limit limit) {
      double perMilli = limit.perSecond() / 1000 / shares;
      double burst = Math.max(1, limit.burst() / shares);
      lowest = Math.min(lowest, count - perMilli * elapsed);
      count++;
      double worst = count - perMilli * elapsed - lowest;
      assertThat(worst).as("burst of %s", scope).isLessThanOrEqualTo(burst + ROUNDING);
    }
  }
}

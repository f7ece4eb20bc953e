package io.mailstream.streams.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.mailstream.streams.query.HoldReads.Flow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of the mail that is held at limits belongs to a tenant, a stream, an account or a domain
 * (group) at an account. A mail counts in each of its own.
 *
 * @param scope tenant, stream, account or domain
 * @param count how many wait; at least so many where they were not all counted
 * @param counted whether they were all counted
 * @param since when the one that waits longest was held
 * @param ageSeconds how long ago that is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record HeldScope(
    String scope,
    String tenant,
    String stream,
    String account,
    String domain,
    long count,
    boolean counted,
    String since,
    @JsonProperty("age_seconds") long ageSeconds) {

  /** The names of a scope; null: not one of its names. */
  private record Names(String scope, String tenant, String stream, String account, String domain) {}

  /** Sums flows up, tenants first. */
  static List<HeldScope> of(List<Flow> flows, Instant now) {
    Map<Names, HeldScope> scopes = new LinkedHashMap<>();
    for (Flow flow : flows) {
      add(scopes, new Names("tenant", flow.tenant(), null, null, null), flow, now);
    }
    for (Flow flow : flows) {
      add(scopes, new Names("stream", flow.tenant(), flow.stream(), null, null), flow, now);
    }
    for (Flow flow : flows) {
      add(scopes, new Names("account", null, null, flow.account(), null), flow, now);
    }
    for (Flow flow : flows) {
      if (flow.domain() != null) {
        add(scopes, new Names("domain", null, null, flow.account(), flow.domain()), flow, now);
      }
    }
    return new ArrayList<>(scopes.values());
  }

  private static void add(Map<Names, HeldScope> scopes, Names names, Flow flow, Instant now) {
    long age = Math.max(0, Duration.between(Instant.parse(flow.since()), now).toSeconds());
    scopes.merge(
        names,
        new HeldScope(
            names.scope(),
            names.tenant(),
            names.stream(),
            names.account(),
            names.domain(),
            flow.count(),
            flow.counted(),
            flow.since(),
            age),
        HeldScope::and);
  }

  private HeldScope and(HeldScope other) {
    boolean older = ageSeconds >= other.ageSeconds;
    return new HeldScope(
        scope,
        tenant,
        stream,
        account,
        domain,
        count + other.count,
        counted && other.counted,
        older ? since : other.since,
        Math.max(ageSeconds, other.ageSeconds));
  }
}

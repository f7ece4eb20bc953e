package io.mailstream.streams.query;

import io.helidon.http.BadRequestException;
import io.helidon.webserver.http.ServerRequest;
import io.mailstream.streams.suppress.SuppressionDecision;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which entries are listed: those that hold now and fit all that is given.
 *
 * @param scope everything, tenant or stream; null: any
 * @param tenant of this tenant; null: any
 * @param stream of this stream; null: any
 * @param reason of this reason; null: any
 * @param since recorded then or later; null: whenever
 * @param until recorded before then; null: whenever
 */
record ListFilter(
    String scope,
    String tenant,
    String stream,
    SuppressionReason reason,
    Instant since,
    Instant until) {

  private static final Set<String> SCOPES = Set.of("everything", "tenant", "stream");

  /**
   * Reads it from a request's parameters.
   *
   * @throws BadRequestException if one of them is not as it must be
   */
  static ListFilter of(ServerRequest request) {
    String scope = Target.parameter(request, "scope");
    if (scope != null && !SCOPES.contains(scope)) {
      throw new BadRequestException("scope must be everything, tenant or stream");
    }
    String tenant = Target.parameter(request, "tenant");
    String stream = Target.parameter(request, "stream");
    Target.checkScope(tenant, stream);
    return new ListFilter(
        scope,
        tenant,
        stream,
        SuppressionWrites.reason(Target.parameter(request, "reason")),
        time(request, "since"),
        time(request, "until"));
  }

  private static Instant time(ServerRequest request, String name) {
    String text = Target.parameter(request, name);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new BadRequestException(name + " must be a time such as 2026-01-31T00:00:00Z");
    }
  }

  /** The parameters that say the same. */
  String query() {
    Map<String, Object> given = new TreeMap<>();
    put(given, "scope", scope);
    put(given, "tenant", tenant);
    put(given, "stream", stream);
    put(given, "reason", reason);
    put(given, "since", since);
    put(given, "until", until);
    StringBuilder query = new StringBuilder();
    given.forEach((name, value) ->
        query
            .append(name)
            .append('=')
            .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8))
            .append('&'));
    return query.toString();
  }

  private static void put(Map<String, Object> all, String name, Object value) {
    if (value != null) {
      all.put(name, value);
    }
  }

  /** Whether any of an address's entries is listed; {@code now} in milliseconds since the epoch. */
  boolean matches(List<SuppressionEntry> entries, long now) {
    return entries.stream().anyMatch(entry -> matches(entry, now));
  }

  private boolean matches(SuppressionEntry entry, long now) {
    return SuppressionDecision.isActive(entry, now)
        && (scope == null || scope.equals(SuppressionAnswer.scope(entry)))
        && (tenant == null || tenant.equals(entry.getTenant()))
        && (stream == null || stream.equals(entry.getStream()))
        && (reason == null || reason == entry.getReason())
        && (since == null || !entry.getCreatedAt().isBefore(since))
        && (until == null || entry.getCreatedAt().isBefore(until));
  }
}

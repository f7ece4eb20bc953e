package io.mailstream.streams.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.query.LocalHolds.Part;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.kafka.streams.state.HostInfo;

/**
 * {@code GET /v1/holds}: how much is held and which flows wait at a limit. {@code GET
 * /v1/throttles}: what the limits stand at. Both over all partitions: every instance is asked for
 * those that it owns, and while one of them is away there is no answer, for a sum of some would
 * look like one of all.
 */
final class HoldReads {

  private final Places places;
  private final LocalHolds local;
  private final OwnerClient owners;
  private final InstantSource clock;
  private final Answers holds;
  private final Answers throttles;

  HoldReads(
      Places places,
      LocalHolds local,
      OwnerClient owners,
      InstantSource clock,
      MeterRegistry meters) {
    this.places = places;
    this.local = local;
    this.owners = owners;
    this.clock = clock;
    this.holds = new Answers("holds", meters);
    this.throttles = new Answers("throttles", meters);
  }

  /** How many are held. */
  record Total(String reason, String lane, long count) {}

  /**
   * A flow that waits at a limit.
   *
   * @param since when the one that waits longest was held
   * @param count how many wait; at least so many where they were not all counted
   * @param counted whether they were all counted
   * @param partitions in how many partitions it waits
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Flow(
      String tenant,
      String stream,
      String account,
      String domain,
      String lane,
      String since,
      long count,
      boolean counted,
      int partitions) {
    private Flow and(Flow other) {
      return new Flow(
          tenant,
          stream,
          account,
          domain,
          lane,
          since.compareTo(other.since) <= 0 ? since : other.since,
          count + other.count,
          counted && other.counted,
          partitions + other.partitions);
    }
  }

  /**
   * What a limit stands at.
   *
   * @param scope tenant, stream, account or domain
   * @param tokens how many may pass at once now; null: it has no limit
   * @param capacity how many may pass at once at most; null: it has no limit
   * @param closedUntil until when it is closed altogether; null: it is open
   * @param partitions in how many partitions it is in use
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Limit(
      String scope,
      String tenant,
      String stream,
      String account,
      String domain,
      Double tokens,
      Double capacity,
      @JsonProperty("closed_until") String closedUntil,
      int partitions) {
    private Limit and(Limit other) {
      return new Limit(
          scope,
          tenant,
          stream,
          account,
          domain,
          tokens == null || other.tokens == null ? null : tokens + other.tokens,
          capacity == null || other.capacity == null ? null : capacity + other.capacity,
          closedUntil == null
                  || (other.closedUntil != null && other.closedUntil.compareTo(closedUntil) > 0)
              ? other.closedUntil
              : closedUntil,
          partitions + other.partitions);
    }
  }

  /**
   * The answer about what is held.
   *
   * @param scopes what waits at limits, summed up by tenant, stream, account and domain
   * @param complete whether every flow is there; those that are not are not in the sums
   */
  record Holds(List<Total> held, List<HeldScope> scopes, List<Flow> flows, boolean complete) {}

  /** The answer about limits. */
  record Throttles(List<Limit> limits) {}

  void register(HttpRouting.Builder routes) {
    routes.get("/v1/holds", handler(holds, parts -> holds(parts, clock.instant())));
    routes.get("/v1/throttles", handler(throttles, HoldReads::throttles));
  }

  private Handler handler(Answers answers, Function<List<Part>, Object> sum) {
    return answers.handler((request, response) -> {
      if (request.headers().contains(SuppressionReads.FORWARDED)) {
        answers.count("for_another");
        Answers.send(response, Answer.json(200, local.part()));
        return;
      }
      List<Part> parts = gather(request);
      Set<Integer> answered = new TreeSet<>();
      parts.forEach(part -> answered.addAll(part.partitions()));
      boolean complete = places.partitions() > 0 && answered.size() == places.partitions();
      answers.count(complete ? "answered" : "not_ready");
      Answers.send(
          response,
          complete
              ? Answer.json(200, sum.apply(parts))
              : Answer.notReady(
                  "only %d of %d partitions answer now"
                      .formatted(answered.size(), places.partitions())));
    });
  }

  private List<Part> gather(ServerRequest request) {
    Optional<String> authorization = SuppressionReads.authorization(request);
    ConcurrentLinkedQueue<Part> parts = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (HostInfo host : places.others()) {
        threads.execute(
            () -> there(host, request.path().rawPath(), authorization).ifPresent(parts::add));
      }
      parts.add(local.part());
    }
    return List.copyOf(parts);
  }

  private Optional<Part> there(HostInfo host, String path, Optional<String> authorization) {
    Answer answer = owners.get(host, path, authorization);
    try {
      return answer.status() == 200
          ? Optional.of(Answers.JSON.readValue(answer.body(), Part.class))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Holds holds(List<Part> parts, Instant now) {
    Map<List<Object>, Total> totals = new LinkedHashMap<>();
    Map<List<Object>, Flow> flows = new LinkedHashMap<>();
    for (Part part : parts) {
      for (Total total : part.held()) {
        totals.merge(
            List.of(total.reason(), total.lane()),
            total,
            (a, b) -> new Total(a.reason(), a.lane(), a.count() + b.count()));
      }
      for (Flow flow : part.flows()) {
        flows.merge(
            List.of(
                flow.tenant(),
                flow.stream(),
                flow.account(),
                Optional.ofNullable(flow.domain()),
                flow.lane()),
            flow,
            Flow::and);
      }
    }
    List<Flow> all = List.copyOf(flows.values());
    return new Holds(
        List.copyOf(totals.values()),
        HeldScope.of(all, now),
        all,
        parts.stream().allMatch(Part::complete));
  }

  private static Throttles throttles(List<Part> parts) {
    Map<List<Object>, Limit> limits = new LinkedHashMap<>();
    for (Part part : parts) {
      for (Limit limit : part.limits()) {
        List<Object> key = new ArrayList<>();
        key.add(limit.scope());
        key.add(Optional.ofNullable(limit.tenant()));
        key.add(Optional.ofNullable(limit.stream()));
        key.add(Optional.ofNullable(limit.account()));
        key.add(Optional.ofNullable(limit.domain()));
        limits.merge(key, limit, Limit::and);
      }
    }
    return new Throttles(List.copyOf(limits.values()));
  }
}

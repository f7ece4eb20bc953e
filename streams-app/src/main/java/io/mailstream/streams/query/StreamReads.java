package io.mailstream.streams.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.helidon.webserver.http.HttpRouting;
import io.mailstream.policy.Policies;
import io.mailstream.policy.ReputationRule;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.reputation.HeardReports;
import io.mailstream.streams.reputation.Pause;
import io.mailstream.streams.reputation.StreamId;
import io.mailstream.streams.reputation.Tally;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * {@code GET /v1/streams}: which streams are paused and why, and what of their mail bounced and was
 * complained about of late. Answered by any instance, from what all partitions say.
 */
final class StreamReads {

  /** Tenants that are not named may have any number of streams. */
  private static final int MOST = 10_000;

  private static final Duration DEFAULT_WINDOW = Duration.ofHours(1);

  private final Supplier<Optional<HeardReports>> reports;
  private final Policies policies;
  private final InstantSource clock;
  private final Answers answers;

  StreamReads(
      Supplier<Optional<HeardReports>> reports,
      Policies policies,
      InstantSource clock,
      MeterRegistry meters) {
    this.reports = reports;
    this.policies = policies;
    this.clock = clock;
    this.answers = new Answers("streams", meters);
  }

  /** All streams. */
  record Streams(List<Stream> streams) {}

  /** A pause; without {@code until} it lasts until somebody resumes the stream. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Paused(
      String since, String until, String detail, @JsonProperty("issued_by") String issuedBy) {}

  /**
   * A stream.
   *
   * @param window the seconds that are counted
   * @param paused null: its mail goes
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Stream(
      String tenant,
      String stream,
      Paused paused,
      long window,
      long sent,
      long bounced,
      long complained,
      @JsonProperty("bounce_rate") double bounceRate,
      @JsonProperty("complaint_rate") double complaintRate) {}

  void register(HttpRouting.Builder routes) {
    routes.get(
        "/v1/streams",
        answers.handler((request, response) -> {
          Optional<HeardReports> known = reports.get();
          answers.count(known.isPresent() ? "answered" : "not_ready");
          Answers.send(
              response,
              known
                  .map(found -> Answer.json(200, new Streams(streams(found))))
                  .orElseGet(() -> Answer.notReady("the topology is not started yet")));
        }));
  }

  private List<Stream> streams(HeardReports known) {
    Set<StreamId> all = new LinkedHashSet<>();
    policies
        .tenants()
        .forEach((tenant, policy) ->
            policy.streams().keySet().forEach(stream -> all.add(new StreamId(tenant, stream))));
    all.addAll(known.streams());
    long now = clock.millis();
    return all.stream()
        .limit(MOST)
        .map(id -> stream(id, known, now))
        .sorted(Comparator.comparing(Stream::tenant).thenComparing(Stream::stream))
        .toList();
  }

  private Stream stream(StreamId id, HeardReports known, long now) {
    Duration window =
        policies.stream(id.tenant(), id.stream())
            .flatMap(StreamPolicy::reputation)
            .map(ReputationRule::window)
            .orElse(DEFAULT_WINDOW);
    HeardReports.Status status = known.status(id, window, now);
    Tally tally = status.tally();
    return new Stream(
        id.tenant(),
        id.stream(),
        status.pause().map(StreamReads::paused).orElse(null),
        window.toSeconds(),
        tally.sent(),
        tally.bounced(),
        tally.complained(),
        tally.bounceRate(),
        tally.complaintRate());
  }

  private static Paused paused(Pause pause) {
    return new Paused(
        Instant.ofEpochMilli(pause.since()).toString(),
        pause.until() == Long.MAX_VALUE ? null : Instant.ofEpochMilli(pause.until()).toString(),
        pause.detail(),
        pause.issuedBy().orElse(null));
  }
}

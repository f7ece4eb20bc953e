package io.mailstream.streams.topology;

import io.mailstream.policy.Policies;
import io.mailstream.policy.ReputationRule;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.streams.reputation.HeardReports;
import io.mailstream.streams.reputation.HeardReports.Status;
import io.mailstream.streams.reputation.StreamId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the streams stand, over all partitions; every instance says the same. Streams that the guard
 * watches or that are paused, at most {@value #MOST}.
 */
final class StreamMeters implements AutoCloseable {

  /** Tenants that are not named may have any number of streams; a metric must not. */
  private static final int MOST = 1_000;

  private static final Duration DEFAULT_WINDOW = Duration.ofHours(1);
  private static final long EVERY_MILLIS = 1_000;

  private final Policies policies;
  private final InstantSource clock;
  private final MultiGauge paused;
  private final MultiGauge bounces;
  private final MultiGauge complaints;
  private long updatedAt;

  StreamMeters(MeterRegistry registry, Policies policies, InstantSource clock) {
    this.policies = policies;
    this.clock = clock;
    this.paused =
        MultiGauge.builder("mailstream.stream.paused")
            .description("Whether the stream's mail is held: 1 or 0")
            .register(registry);
    this.bounces =
        MultiGauge.builder("mailstream.stream.bounce.ratio")
            .description("Share of the stream's mail of the guard's window that bounced")
            .register(registry);
    this.complaints =
        MultiGauge.builder("mailstream.stream.complaint.ratio")
            .description(
                "Share of the stream's mail of the guard's window that was complained about")
            .register(registry);
  }

  /** Says how the streams stand now. */
  void update(HeardReports reports) {
    long now = clock.millis();
    if (Math.abs(now - updatedAt) < EVERY_MILLIS) {
      return;
    }
    updatedAt = now;
    Map<StreamId, Status> all = new HashMap<>();
    for (StreamId id : reports.streams()) {
      Optional<ReputationRule> rule =
          policies.stream(id.tenant(), id.stream()).flatMap(StreamPolicy::reputation);
      Status status =
          reports.status(id, rule.map(ReputationRule::window).orElse(DEFAULT_WINDOW), now);
      if ((rule.isPresent() || status.pause().isPresent()) && all.size() < MOST) {
        all.put(id, status);
      }
    }
    List<MultiGauge.Row<?>> held = new ArrayList<>();
    List<MultiGauge.Row<?>> bounced = new ArrayList<>();
    List<MultiGauge.Row<?>> complained = new ArrayList<>();
    all.forEach((id, status) -> {
      Tags tags = Tags.of("tenant", id.tenant(), "stream", id.stream());
      held.add(MultiGauge.Row.of(tags, status.pause().isPresent() ? 1 : 0));
      bounced.add(MultiGauge.Row.of(tags, status.tally().bounceRate()));
      complained.add(MultiGauge.Row.of(tags, status.tally().complaintRate()));
    });
    paused.register(held, true);
    bounces.register(bounced, true);
    complaints.register(complained, true);
  }

  @Override
  public void close() {
    paused.register(List.of(), true);
    bounces.register(List.of(), true);
    complaints.register(List.of(), true);
  }
}

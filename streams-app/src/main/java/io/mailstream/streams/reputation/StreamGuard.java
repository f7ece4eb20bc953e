package io.mailstream.streams.reputation;

import io.mailstream.policy.Policies;
import io.mailstream.policy.ReputationRule;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.v1.ActivityBucket;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.StreamActivity;
import io.mailstream.v1.StreamPause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The guard of one partition: counts, tells the others, and holds streams. It is told the time, in
 * milliseconds since the epoch. What was counted since the last tick is lost with the process.
 */
public final class StreamGuard {

  /** How many events are remembered so that a repeated callback counts once. */
  private static final int REMEMBERED = 10_000;

  private static final long TICK_MILLIS = 1_000;

  private final Policies policies;
  private final int partition;
  private final StreamReports reports;
  private final Surroundings surroundings;
  private final Map<StreamId, StreamState> states = new HashMap<>();
  private final Map<StreamId, Optional<ReputationRule>> rules = new HashMap<>();
  private final Map<StreamId, Tally> counted = new HashMap<>();
  private final Map<String, Boolean> seen = new LinkedHashMap<>();
  private final Map<StreamId, String> lastPauses = new HashMap<>();
  private long lastTick;

  /** What the guard acts on. */
  public interface Surroundings {

    /** The states as they were left. */
    Map<StreamId, byte[]> states();

    /** Keeps a state; null: there is none any more. */
    void keep(StreamId stream, byte[] state);

    /** Holds a stream's mail until a time. */
    void close(StreamId stream, long until, long now);

    /** Lets a stream's mail go. */
    void open(StreamId stream, long now);

    /** Tells the others; null: nothing of late. */
    void say(String key, StreamActivity activity, long now);
  }

  /** A guard that goes on where it was left. */
  public StreamGuard(
      Policies policies, int partition, StreamReports reports, Surroundings surroundings) {
    this.policies = policies;
    this.partition = partition;
    this.reports = reports;
    this.surroundings = surroundings;
    surroundings
        .states()
        .forEach((id, encoded) -> {
          StreamState state = StreamState.decode(encoded);
          states.put(id, state);
          state.pause().ifPresent(pause -> lastPauses.put(id, pause.detail()));
        });
  }

  /** A delivery was given to the sender. */
  public void sent(Delivery delivery) {
    count(delivery.getTenant(), delivery.getStream(), new Tally(1, 0, 0));
  }

  /** The sender gave a delivery back that the ESP certainly does not have. */
  public void notSent(Delivery delivery) {
    count(delivery.getTenant(), delivery.getStream(), new Tally(-1, 0, 0));
  }

  /** The ESP reported something; only what it says of a tenant's stream counts. */
  public void heard(FeedbackEvent event) {
    if (event.getTenant() == null || event.getStream() == null) {
      return;
    }
    Tally tally =
        switch (event.getType()) {
          case BOUNCED ->
              event.getBounce() != null
                      && event.getBounce().getBounceClass() == BounceClass.PERMANENT
                  ? new Tally(0, 1, 0)
                  : Tally.NONE;
          case COMPLAINED -> new Tally(0, 0, 1);
          default -> Tally.NONE;
        };
    if (!tally.isNothing() && seen.put(event.getEventId(), true) == null) {
      if (seen.size() > REMEMBERED) {
        seen.remove(seen.keySet().iterator().next());
      }
      count(event.getTenant(), event.getStream(), tally);
    }
  }

  /** Why a stream is paused, or was last; for people. Empty: not since this guard began. */
  public Optional<String> lastPause(StreamId stream) {
    return Optional.ofNullable(lastPauses.get(stream));
  }

  private void count(String tenant, String stream, Tally tally) {
    StreamId id = new StreamId(tenant, stream);
    if (rule(id).isPresent()) {
      counted.merge(id, tally, Tally::plus);
    }
  }

  /** Decides anew, now and then. */
  public void tick(long now) {
    if (Math.abs(now - lastTick) < TICK_MILLIS) {
      return;
    }
    lastTick = now;
    Map<StreamId, StreamReports.Order> orders = new HashMap<>();
    reports.orders().forEach(order -> orders.put(order.stream(), order));
    Set<StreamId> all = new HashSet<>(states.keySet());
    all.addAll(counted.keySet());
    all.addAll(orders.keySet());
    all.addAll(reports.paused(now));
    for (StreamId id : all) {
      Tally more = counted.getOrDefault(id, Tally.NONE);
      decide(id, more, Optional.ofNullable(orders.get(id)), now);
    }
    counted.clear();
  }

  private void decide(StreamId id, Tally more, Optional<StreamReports.Order> order, long now) {
    Optional<ReputationRule> rule = rule(id);
    StreamState state = states.computeIfAbsent(id, fresh -> StreamState.fresh());
    byte[] before = state.encode();
    if (!more.isNothing()) {
      state.count(more, rule, now);
    }
    if (state.decide(id, partition, rule, order, reports, now)) {
      state
          .pause()
          .ifPresentOrElse(
              pause -> {
                lastPauses.put(id, pause.detail());
                surroundings.close(id, pause.until(), now);
              },
              () -> surroundings.open(id, now));
    }
    if (state.isIdle()) {
      states.remove(id);
      surroundings.keep(id, null);
      surroundings.say(key(id), null, now);
    } else {
      byte[] after = state.encode();
      if (!Arrays.equals(before, after)) {
        surroundings.keep(id, after);
        surroundings.say(key(id), activity(id, state, now), now);
      }
    }
  }

  private StreamActivity activity(StreamId id, StreamState state, long now) {
    List<ActivityBucket> buckets = new ArrayList<>();
    state
        .activity()
        .forEach((tally, start) ->
            buckets.add(
                new ActivityBucket(
                    Instant.ofEpochMilli(start),
                    tally.sent(),
                    tally.bounced(),
                    tally.complained())));
    return new StreamActivity(
        id.tenant(),
        id.stream(),
        partition,
        buckets,
        state.pause().map(StreamGuard::said).orElse(null),
        Instant.ofEpochMilli(now));
  }

  private static StreamPause said(Pause pause) {
    return new StreamPause(
        Instant.ofEpochMilli(pause.since()),
        pause.until() == Long.MAX_VALUE ? null : Instant.ofEpochMilli(pause.until()),
        pause.detail(),
        pause.issuedBy().orElse(null));
  }

  private String key(StreamId id) {
    return id.tenant() + "/" + id.stream() + "/" + partition;
  }

  private Optional<ReputationRule> rule(StreamId id) {
    Optional<ReputationRule> known = rules.get(id);
    if (known == null) {
      known = policies.stream(id.tenant(), id.stream()).flatMap(StreamPolicy::reputation);
      if (rules.size() >= REMEMBERED) {
        rules.clear();
      }
      rules.put(id, known);
    }
    return known;
  }
}

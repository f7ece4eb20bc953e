package io.mailstream.streams.query;

import io.mailstream.policy.Policies;
import io.mailstream.streams.hold.HoldStores;
import io.mailstream.streams.hold.HoldView;
import io.mailstream.streams.query.HoldReads.Flow;
import io.mailstream.streams.query.HoldReads.Limit;
import io.mailstream.streams.query.HoldReads.Total;
import io.mailstream.streams.throttle.BucketSize;
import io.mailstream.streams.throttle.Gate;
import io.mailstream.streams.throttle.Limits;
import io.mailstream.streams.throttle.Scope;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** What waits in the partitions that this instance owns, and what their limits stand at. */
final class LocalHolds {

  /** Flows and limits of a partition that are told of. */
  private static final int MOST = 1000;

  /** Mails of a partition that are counted. */
  private static final int LOOK_AT = 20_000;

  private final Supplier<Optional<KafkaStreams>> streams;
  private final Places places;
  private final Policies policies;
  private final InstantSource clock;

  LocalHolds(
      Supplier<Optional<KafkaStreams>> streams,
      Places places,
      Policies policies,
      InstantSource clock) {
    this.streams = streams;
    this.places = places;
    this.policies = policies;
    this.clock = clock;
  }

  /**
   * What some partitions say.
   *
   * @param complete whether every flow is there
   */
  record Part(
      Set<Integer> partitions,
      List<Total> held,
      List<Flow> flows,
      boolean complete,
      List<Limit> limits) {}

  /** What the own partitions say. */
  Part part() {
    Set<Integer> partitions = new TreeSet<>();
    List<Part> parts = new ArrayList<>();
    for (int partition = 0; partition < places.partitions(); partition++) {
      Optional<Part> one = look(partition, this::part);
      if (one.isPresent()) {
        partitions.add(partition);
        parts.add(one.get());
      }
    }
    return new Part(
        partitions,
        parts.stream().flatMap(part -> part.held().stream()).toList(),
        parts.stream().flatMap(part -> part.flows().stream()).toList(),
        parts.stream().allMatch(Part::complete),
        parts.stream().flatMap(part -> part.limits().stream()).toList());
  }

  /** Asks a partition that this instance owns; empty: it does not, or not yet. */
  <T> Optional<T> look(int partition, Function<HoldView, T> question) {
    try {
      return streams
          .get()
          .map(app ->
              new HoldView(
                  store(app, HoldStores.HELD, partition), store(app, HoldStores.STATE, partition)))
          .map(question);
    } catch (InvalidStateStoreException | IllegalStateException e) {
      // Also while it is asked: a partition can leave at any time.
      return Optional.empty();
    }
  }

  private static ReadOnlyKeyValueStore<Bytes, byte[]> store(
      KafkaStreams app, String name, int partition) {
    return app.store(
        StoreQueryParameters.fromNameAndType(
                name, QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
            .withPartition(partition));
  }

  private Part part(HoldView view) {
    HoldView.Flows flows = view.waiting(MOST, LOOK_AT);
    return new Part(
        Set.of(),
        view.totals().stream()
            .map(total -> new Total(lower(total.reason()), lower(total.lane()), total.count()))
            .toList(),
        flows.waiting().stream().map(LocalHolds::flow).toList(),
        flows.complete(),
        view.stands(MOST).stream()
            .flatMap(stand -> limit(stand.scope(), stand.reading()).stream())
            .toList());
  }

  private static Flow flow(HoldView.Waiting waiting) {
    return new Flow(
        waiting.flow().tenant(),
        waiting.flow().stream(),
        waiting.flow().account(),
        waiting.flow().domain().isEmpty() ? null : waiting.flow().domain(),
        lower(waiting.lane()),
        Instant.ofEpochMilli(waiting.since()).toString(),
        waiting.count(),
        waiting.counted(),
        1);
  }

  private Optional<Limit> limit(Scope scope, Gate.Reading reading) {
    Double tokens = null;
    Double capacity = null;
    Optional<BucketSize> size = new Limits(policies, places.partitions()).size(scope);
    long now = clock.millis();
    if (size.isPresent() && !Double.isNaN(reading.tokens())) {
      double back = size.get().perMilli() * Math.max(0, now - reading.updatedAt());
      tokens = Math.min(size.get().capacity(), reading.tokens() + back);
      capacity = size.get().capacity();
    }
    String closed =
        reading.closedUntil() > now ? Instant.ofEpochMilli(reading.closedUntil()).toString() : null;
    return Optional.ofNullable(
        switch (scope) {
          case Scope.Tenant(String tenant) ->
              new Limit("tenant", tenant, null, null, null, tokens, capacity, closed, 1);
          case Scope.Stream(String tenant, String stream) ->
              new Limit("stream", tenant, stream, null, null, tokens, capacity, closed, 1);
          case Scope.Account(String account) ->
              new Limit("account", null, null, account, null, tokens, capacity, closed, 1);
          case Scope.Domain(String account, String domain) ->
              new Limit("domain", null, null, account, domain, tokens, capacity, closed, 1);
          // People, not limits of ours.
          case Scope.Actor actor -> null;
          case Scope.Recipient recipient -> null;
        });
  }

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

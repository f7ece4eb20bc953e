package io.mailstream.sender;

import io.mailstream.policy.DomainGroups;
import io.mailstream.policy.Tenant;
import io.mailstream.runtime.metrics.CappedCounters;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How dispatched deliveries left the sender: each is counted once in all, once by tenant and
 * stream, and once by the recipient's mailbox provider.
 */
final class OutcomeMeters {

  /** Combinations of tenant and stream that are told apart on one instance. */
  static final int MOST_STREAMS = 200;

  private static final List<String> EXPECTED =
      List.of(label(Outcome.Kind.SENT), label(Outcome.Kind.FAILED), label(Outcome.Kind.UNCERTAIN));

  private static final Duration[] DELAYS = {
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(30),
    Duration.ofHours(3)
  };

  private final DomainGroups groups;
  private final Map<Outcome.Kind, Counter> outcomes = new EnumMap<>(Outcome.Kind.class);
  private final Map<Outcome.Kind, String> labels = new EnumMap<>(Outcome.Kind.class);
  private final Map<String, Counter> deadLetters = new HashMap<>();
  private final Map<Lane, Timer> delays = new EnumMap<>(Lane.class);
  private final CappedCounters byStream;
  private final CappedCounters byDomain;

  OutcomeMeters(Topics topics, DomainGroups groups, MeterRegistry registry) {
    this.groups = groups;
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      labels.put(kind, label(kind));
      outcomes.put(
          kind,
          Counter.builder("mailstream.sender.outcomes")
              .description("Dispatched deliveries by how they left the sender")
              .tag("kind", label(kind))
              .register(registry));
    }
    for (Lane lane : Lane.values()) {
      deadLetters.put(
          topics.dispatch(lane),
          Counter.builder("mailstream.dead.letters")
              .description(
                  "Records that could not be used and were put aside, by where they came from")
              .tag("origin", topics.dispatch(lane))
              .register(registry));
      delays.put(
          lane,
          Timer.builder("mailstream.sender.delay")
              .description(
                  "From the acceptance of a delivery, or its send_at, to the ESP's taking it")
              .tag("lane", label(lane))
              .serviceLevelObjectives(DELAYS)
              .register(registry));
    }
    byStream =
        new CappedCounters(
            registry,
            "mailstream.sender.stream.outcomes",
            "Dispatched deliveries by tenant, stream and how they left the sender",
            MOST_STREAMS,
            List.of("tenant", "stream"),
            "kind");
    byDomain =
        new CappedCounters(
            registry,
            "mailstream.sender.domain.outcomes",
            "Dispatched deliveries by mailbox provider and how they left the sender",
            DomainGroups.MOST_TOLD,
            List.of("domain"),
            "kind");
  }

  /** Has what the policies name begin at 0. */
  void expect(Collection<Tenant> tenants) {
    groups.labels().forEach(label -> byDomain.expect(List.of(label), EXPECTED));
    for (Tenant tenant : tenants) {
      tenant
          .streams()
          .keySet()
          .forEach(stream -> byStream.expect(List.of(tenant.name(), stream), EXPECTED));
    }
  }

  void ended(Send send) {
    Outcome outcome = send.outcome();
    outcomes.get(outcome.kind()).increment();
    Delivery delivery = send.delivery();
    if (delivery == null) {
      deadLetters.get(send.source().topic()).increment();
      return;
    }
    String kind = labels.get(outcome.kind());
    byStream.increment(List.of(delivery.getTenant(), delivery.getStream()), kind);
    byDomain.increment(List.of(groups.labelOf(send.address())), kind);
    if (outcome.kind() == Outcome.Kind.SENT && outcome.value() instanceof SendResult result) {
      long since = delivery.getAcceptedAt().toEpochMilli();
      if (delivery.getSendAt() != null) {
        since = Math.max(since, delivery.getSendAt().toEpochMilli());
      }
      delays
          .get(delivery.getLane())
          .record(Duration.ofMillis(Math.max(0, result.getSentAt().toEpochMilli() - since)));
    }
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

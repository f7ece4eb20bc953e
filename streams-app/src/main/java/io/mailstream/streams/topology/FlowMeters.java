package io.mailstream.streams.topology;

import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ResultStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * What goes into the topology and what comes out. Over all instances, once nothing is in between
 * two topics: {@code accepted + returned = ended + dispatched + held}. Each recipient of a request
 * record is accepted once, and a deferral returns a delivery that was dispatched before. A
 * transaction that is aborted and repeated counts twice.
 */
final class FlowMeters {

  /** From what is urgent to what waits for its limits. */
  private static final Duration[] DELAYS = {
    Duration.ofMillis(100),
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

  private final Counter[] returned;
  private final Counter[] dispatched;
  private final Counter[][] ended;
  private final Timer[] delays;

  FlowMeters(MeterRegistry registry) {
    returned =
        each(
            DeferralReason.values(),
            reason ->
                Counter.builder("mailstream.deliveries.returned")
                    .description("Deliveries that the sender handed back")
                    .tag("reason", label(reason))
                    .register(registry));
    dispatched =
        each(
            Lane.values(),
            lane ->
                Counter.builder("mailstream.deliveries.dispatched")
                    .description("Deliveries that went to the sender")
                    .tag("lane", label(lane))
                    .register(registry));
    ended = new Counter[Lane.values().length][];
    for (Lane lane : Lane.values()) {
      ended[lane.ordinal()] =
          each(
              ResultStatus.values(),
              status ->
                  Counter.builder("mailstream.deliveries.ended")
                      .description("Deliveries that ended inside the topology")
                      .tags(Tags.of("lane", label(lane), "status", label(status)))
                      .register(registry));
    }
    delays =
        Arrays.stream(Lane.values())
            .map(lane ->
                Timer.builder("mailstream.dispatch.delay")
                    .description("From the acceptance of a delivery, or its send_at, to dispatch")
                    .tag("lane", label(lane))
                    .serviceLevelObjectives(DELAYS)
                    .register(registry))
            .toArray(Timer[]::new);
  }

  /** A delivery that the sender handed back. */
  void returned(DeferralReason reason) {
    returned[reason.ordinal()].increment();
  }

  /** A delivery that goes to the sender; how long it took counts for its first attempt. */
  void dispatched(Delivery delivery, long now) {
    int lane = delivery.getLane().ordinal();
    dispatched[lane].increment();
    if (delivery.getAttempt() == 1) {
      long since = delivery.getAcceptedAt().toEpochMilli();
      if (delivery.getSendAt() != null) {
        since = Math.max(since, delivery.getSendAt().toEpochMilli());
      }
      delays[lane].record(Duration.ofMillis(Math.max(0, now - since)));
    }
  }

  /** A delivery that ended inside the topology. */
  void ended(Lane lane, ResultStatus status) {
    ended[lane.ordinal()][status.ordinal()].increment();
  }

  private static <E extends Enum<E>> Counter[] each(
      E[] values, java.util.function.Function<E, Counter> counter) {
    return Arrays.stream(values).map(counter).toArray(Counter[]::new);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

package io.mailstream.streams.topology;

import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ResultStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * What goes into the topology and what comes out. Over all instances, once nothing is in between
 * two topics: {@code accepted + returned = ended + dispatched + held}. Each recipient of a request
 * record is accepted once, and a deferral returns a delivery that was dispatched before. A
 * transaction that is aborted and repeated counts twice.
 */
final class FlowMeters {

  private final MeterRegistry registry;

  FlowMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A delivery that the sender handed back. */
  void returned(DeferralReason reason) {
    counter("mailstream.deliveries.returned", "reason", label(reason)).increment();
  }

  /** A delivery that went to the sender. */
  void dispatched(Lane lane) {
    counter("mailstream.deliveries.dispatched", "lane", label(lane)).increment();
  }

  /** A delivery that ended inside the topology. */
  void ended(Lane lane, ResultStatus status) {
    counter("mailstream.deliveries.ended", "lane", label(lane), "status", label(status))
        .increment();
  }

  private Counter counter(String name, String... tags) {
    return registry.counter(name, tags);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

package io.mailstream.streams.suppress;

import io.mailstream.v1.CommandAction;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.SuppressionReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the step counts. Deliveries passed and suppressed add up to the deliveries that came;
 * nothing is counted by address.
 */
final class SuppressMeters {

  private final MeterRegistry registry;
  private final Counter passed;
  private final Map<SuppressionReason, Counter> suppressed = new EnumMap<>(SuppressionReason.class);

  SuppressMeters(MeterRegistry registry) {
    this.registry = registry;
    this.passed = delivery("passed", "none");
    for (SuppressionReason reason : SuppressionReason.values()) {
      suppressed.put(reason, delivery("suppressed", lower(reason)));
    }
  }

  void passed() {
    passed.increment();
  }

  void suppressed(SuppressionReason reason) {
    suppressed.get(reason).increment();
  }

  void event(FeedbackType type, SuppressionUpdate.Outcome outcome) {
    change(lower(type), outcome).increment();
  }

  void command(CommandAction action, SuppressionUpdate.Outcome outcome) {
    change("command_" + lower(action), outcome).increment();
  }

  private Counter delivery(String outcome, String reason) {
    return Counter.builder("mailstream.suppress.deliveries")
        .description("Deliveries checked against the suppression list")
        .tag("outcome", outcome)
        .tag("reason", reason)
        .register(registry);
  }

  private Counter change(String cause, SuppressionUpdate.Outcome outcome) {
    return Counter.builder("mailstream.suppress.updates")
        .description("Events and commands that bear on the suppression list")
        .tag("cause", cause)
        .tag("outcome", outcome.tag())
        .register(registry);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

package io.mailstream.webhook;

import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.unsubscribe.UnsubscribePage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * What the ingester counts. Every callback is counted once, by how it was answered; events are
 * counted when the brokers have them.
 */
final class WebhookMeters {

  private final MeterRegistry registry;

  WebhookMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void request(String provider, String outcome) {
    Counter.builder("mailstream.webhook.requests")
        .description("Callbacks of ESPs, by how they were answered")
        .tag("provider", provider)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  /** Whether a provider's nonces are known: until then its callbacks get 503, and only its. */
  void nonces(String provider, BooleanSupplier areKnown) {
    Gauge.builder("mailstream.webhook.nonces.known", () -> areKnown.getAsBoolean() ? 1 : 0)
        .description("Whether all used tokens are known; until then callbacks get 503")
        .tag("provider", provider)
        .register(registry);
  }

  /** An unsubscribe link that was followed, or its button pressed, by the page that it got. */
  void unsubscribe(UnsubscribePage page) {
    Counter.builder("mailstream.unsubscribe.requests")
        .description("Requests of unsubscribe links, by how they were answered")
        .tag("outcome", page.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  void event(String provider, FeedbackType type) {
    Counter.builder("mailstream.webhook.events")
        .description("Events that were written")
        .tag("provider", provider)
        .tag("type", type.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }
}

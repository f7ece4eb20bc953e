package io.mailstream.webhook;

import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.unsubscribe.UnsubscribePage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * What the ingester counts. Every callback is counted once, by how it was answered; events are
 * counted when the brokers have them.
 */
final class WebhookMeters {

  /** Those that alerts and rates look at: there before the first, so that it is seen. */
  private static final List<String> EXPECTED =
      List.of(
          "accepted",
          "unknown_event",
          "repeated",
          "forged",
          "unsigned",
          "replayed",
          "topic_not_allowed",
          "malformed",
          "not_acknowledged");

  private final MeterRegistry registry;

  WebhookMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** An ESP whose callbacks are taken. */
  void provider(String name) {
    EXPECTED.forEach(outcome -> requests(name, outcome));
    deadLetters(name);
    for (FeedbackType type : FeedbackType.values()) {
      events(name, type);
    }
  }

  void request(String provider, String outcome) {
    requests(provider, outcome).increment();
  }

  private Counter requests(String provider, String outcome) {
    return Counter.builder("mailstream.webhook.requests")
        .description("Callbacks of ESPs, by how they were answered")
        .tag("provider", provider)
        .tag("outcome", outcome)
        .register(registry);
  }

  /** What of a callback was put aside, and is written. */
  void deadLetter(String provider) {
    deadLetters(provider).increment();
  }

  private Counter deadLetters(String provider) {
    return Counter.builder("mailstream.dead.letters")
        .description("Records that could not be used and were put aside, by where they came from")
        .tag("origin", FeedbackPublisher.origin(provider))
        .register(registry);
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
    events(provider, type).increment();
  }

  private Counter events(String provider, FeedbackType type) {
    return Counter.builder("mailstream.webhook.events")
        .description("Events that were written")
        .tag("provider", provider)
        .tag("type", type.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }
}

package io.mailstream.streams.topology;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long records lay in the topics that the topology reads before it took them, and how long each
 * topic keeps its records: what comes near the other is lost. The longest of the last two minutes
 * says how far the topology is behind. By topic, of which there are few.
 */
final class SourceMeters {

  private static final double MILLIS_PER_SECOND = 1000;

  private final MeterRegistry registry;
  private final Map<String, Timer> delays = new ConcurrentHashMap<>();

  SourceMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A topic that is read: it is there before its first record. */
  void topic(String name) {
    delays.computeIfAbsent(
        name,
        topic ->
            Timer.builder("mailstream.source.delay")
                .description("How long records lay in a topic before the topology took them")
                .tag("topic", topic)
                .register(registry));
  }

  /**
   * A record was taken.
   *
   * @param appended when it was written, in milliseconds since the epoch; negative: unknown
   */
  void taken(String topic, long appended, long now) {
    Timer delay = delays.get(topic);
    if (delay != null && appended >= 0) {
      delay.record(Duration.ofMillis(Math.max(0, now - appended)));
    }
  }

  /**
   * How long topics keep records.
   *
   * @param millis by topic; negative: without end
   */
  static void retention(Map<String, Long> millis, MeterRegistry registry) {
    millis.forEach((topic, kept) ->
        Gauge.builder(
                "mailstream.source.retention",
                () -> kept < 0 ? Double.POSITIVE_INFINITY : kept / MILLIS_PER_SECOND)
            .description("How long a topic keeps records that the topology has to take")
            .baseUnit("seconds")
            .tag("topic", topic)
            .register(registry));
  }
}

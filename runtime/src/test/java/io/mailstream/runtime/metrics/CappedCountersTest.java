package io.mailstream.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CappedCountersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final CappedCounters counters =
      new CappedCounters(registry, "mails", "Mails", 2, List.of("tenant", "stream"), "kind");

  @Test
  void countsByAllLabels() {
    counters.increment(List.of("acme", "receipts"), "sent");
    counters.increment(List.of("acme", "receipts"), "sent");
    counters.increment(List.of("acme", "receipts"), "failed");

    assertThat(count("acme", "receipts", "sent")).isEqualTo(2);
    assertThat(count("acme", "receipts", "failed")).isEqualTo(1);
  }

  @Test
  void whatIsBeyondTheCapCountsTogetherByItsKind() {
    IntStream.range(0, 1000)
        .forEach(i -> counters.increment(List.of("tenant-" + i, "news"), "sent"));
    counters.increment(List.of("tenant-700", "news"), "failed");
    counters.increment(List.of("tenant-1", "news"), "failed");

    assertThat(count("tenant-0", "news", "sent")).isEqualTo(1);
    assertThat(count("tenant-1", "news", "failed")).isEqualTo(1);
    assertThat(count("other", "other", "sent")).isEqualTo(998);
    assertThat(count("other", "other", "failed")).isEqualTo(1);
    assertThat(registry.getMeters()).hasSize(5);
  }

  private double count(String tenant, String stream, String kind) {
    return registry
        .get("mails")
        .tags("tenant", tenant, "stream", stream, "kind", kind)
        .counter()
        .count();
  }
}

package io.mailstream.streams.hold;

import io.mailstream.v1.Lane;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the step tells of itself, summed over the tasks of this instance. What was held and has not
 * left is what is held now.
 *
 * <ul>
 *   <li>{@code mailstream.hold.deliveries} by reason and lane: how many are held
 *   <li>{@code mailstream.hold.oldest.age} by reason and lane: how long the one that waits longest
 *       could have gone but for its limits; 0 where none is due
 *   <li>{@code mailstream.hold.entered} and {@code mailstream.hold.released} by reason and lane
 * </ul>
 */
final class HoldMetrics {

  private static final int LANES = Lane.values().length;
  private static final double MILLIS_PER_SECOND = 1000;

  private final Set<Task> tasks = ConcurrentHashMap.newKeySet();
  private final Counter[] entered = new Counter[HoldReason.values().length * LANES];
  private final Counter[] left = new Counter[HoldReason.values().length * LANES];

  HoldMetrics(MeterRegistry registry) {
    for (Lane lane : Lane.values()) {
      String laneTag = lane.name().toLowerCase(Locale.ROOT);
      for (HoldReason reason : HoldReason.values()) {
        int i = index(reason, lane);
        Tags tags = Tags.of("reason", reason.tag(), "lane", laneTag);
        entered[i] =
            Counter.builder("mailstream.hold.entered")
                .description("Deliveries that had to wait")
                .tags(tags)
                .register(registry);
        left[i] =
            Counter.builder("mailstream.hold.released")
                .description("Deliveries whose wait for this reason is over")
                .tags(tags)
                .register(registry);
        Gauge.builder("mailstream.hold.deliveries", () -> sum(reason, lane))
            .description("Deliveries that wait")
            .tags(tags)
            .register(registry);
        Gauge.builder("mailstream.hold.oldest.age", () -> longestWait(i))
            .description("Longest wait of a delivery that is due but for its limits")
            .baseUnit("seconds")
            .tags(tags)
            .register(registry);
      }
    }
  }

  Task add() {
    Task task = new Task();
    tasks.add(task);
    return task;
  }

  private double sum(HoldReason reason, Lane lane) {
    return tasks.stream().mapToLong(task -> task.held.get(index(reason, lane))).sum();
  }

  private double longestWait(int index) {
    return tasks.stream().mapToLong(task -> task.waits.get(index)).max().orElse(0)
        / MILLIS_PER_SECOND;
  }

  private static int index(HoldReason reason, Lane lane) {
    return reason.ordinal() * LANES + lane.ordinal();
  }

  /** The part of one task. */
  final class Task implements AutoCloseable {
    private final AtomicLongArray held = new AtomicLongArray(entered.length);
    private final AtomicLongArray waits = new AtomicLongArray(entered.length);

    /** What is held when the task begins. */
    void held(HoldReason reason, Lane lane, long count) {
      held.set(index(reason, lane), count);
    }

    void entered(HoldReason reason, Lane lane) {
      held.incrementAndGet(index(reason, lane));
      entered[index(reason, lane)].increment();
    }

    void left(HoldReason reason, Lane lane) {
      held.decrementAndGet(index(reason, lane));
      left[index(reason, lane)].increment();
    }

    void waiting(HoldReason reason, Lane lane, long millis) {
      waits.set(index(reason, lane), Math.max(0, millis));
    }

    @Override
    public void close() {
      tasks.remove(this);
    }
  }
}

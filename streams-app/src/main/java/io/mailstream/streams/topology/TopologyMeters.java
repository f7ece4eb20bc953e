package io.mailstream.streams.topology;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * How this instance of the topology is: whether it runs, its tasks and the copies it keeps for
 * others, and what is still to be restored before its tasks begin.
 */
final class TopologyMeters implements StateRestoreListener {

  private final Map<String, Long> remaining = new ConcurrentHashMap<>();

  private final Counter restored;

  private TopologyMeters(KafkaStreams streams, int standbysWanted, MeterRegistry registry) {
    Gauge.builder("mailstream.topology.running", streams, TopologyMeters::isRunning)
        .description("Whether the topology processes: 1, or 0 while it starts, restores or is lost")
        .register(registry);
    tasks(streams, "active", ThreadMetadata::activeTasks, registry);
    tasks(streams, "standby", ThreadMetadata::standbyTasks, registry);
    Gauge.builder("mailstream.topology.standbys.wanted", () -> standbysWanted)
        .description("Copies of each task's stores that are to be kept: topology.standbys")
        .register(registry);
    Gauge.builder("mailstream.topology.restore.remaining", remaining, TopologyMeters::sum)
        .description("Records that are still to be restored before tasks begin")
        .register(registry);
    restored =
        Counter.builder("mailstream.topology.restored")
            .description("Records that were restored from changelogs")
            .register(registry);
  }

  /** Registers the meters of an application that has not started. */
  static void bind(KafkaStreams streams, int standbysWanted, MeterRegistry registry) {
    streams.setGlobalStateRestoreListener(new TopologyMeters(streams, standbysWanted, registry));
  }

  private static void tasks(
      KafkaStreams streams,
      String kind,
      java.util.function.Function<ThreadMetadata, Set<?>> tasks,
      MeterRegistry registry) {
    ToIntFunction<KafkaStreams> count =
        of -> of.metadataForLocalThreads().stream().map(tasks).mapToInt(Collection::size).sum();
    Gauge.builder(
            "mailstream.topology.tasks",
            streams,
            of -> of.state().isRunningOrRebalancing() ? count.applyAsInt(of) : 0)
        .description("Tasks of this instance: those it works on, and copies kept for others")
        .tag("kind", kind)
        .register(registry);
  }

  private static double isRunning(KafkaStreams streams) {
    return streams.state() == KafkaStreams.State.RUNNING ? 1 : 0;
  }

  private static double sum(Map<String, Long> remaining) {
    return remaining.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
    remaining.put(key(partition, store), Math.max(0, to - from));
  }

  @Override
  public void onBatchRestored(TopicPartition partition, String store, long end, long records) {
    restored.increment((double) records);
    remaining.computeIfPresent(key(partition, store), (k, left) -> Math.max(0, left - records));
  }

  @Override
  public void onRestoreEnd(TopicPartition partition, String store, long records) {
    remaining.remove(key(partition, store));
  }

  @Override
  public void onRestoreSuspended(TopicPartition partition, String store, long records) {
    remaining.remove(key(partition, store));
  }

  private static String key(TopicPartition partition, String store) {
    return partition + " " + store;
  }
}

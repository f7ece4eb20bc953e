package io.mailstream.streams.query;

import io.mailstream.streams.suppress.SuppressionStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.state.HostInfo;

/** Which instances have which partition of the stores, as the group last agreed. */
final class Places {

  private final Supplier<Optional<KafkaStreams>> streams;
  private final Supplier<HostInfo> self;
  private final IntSupplier partitions;

  /**
   * Places of one application.
   *
   * @param streams the application; empty: not started yet
   * @param self this instance, as its {@code application.server} names it
   * @param partitions how many partitions there are; 0: not known yet
   */
  Places(
      Supplier<Optional<KafkaStreams>> streams, Supplier<HostInfo> self, IntSupplier partitions) {
    this.streams = streams;
    this.self = self;
    this.partitions = partitions;
  }

  /** How many partitions there are; 0: not known yet. */
  int partitions() {
    return partitions.getAsInt();
  }

  /** The partition of a key. */
  int partition(byte[] key) {
    return BuiltInPartitioner.partitionForKey(key, partitions());
  }

  HostInfo self() {
    return self.get();
  }

  /**
   * Whom to ask for a partition, in this order: its owner, this instance, which may be about to
   * become it, and those that keep a copy. Empty: nobody has it, as far as is known.
   */
  List<HostInfo> askFor(int partition) {
    Optional<KafkaStreams> app = streams.get();
    if (app.isEmpty()) {
      return List.of();
    }
    Set<HostInfo> found = new LinkedHashSet<>();
    List<HostInfo> copies = new ArrayList<>();
    try {
      for (StreamsMetadata host : app.get().streamsMetadataForStore(SuppressionStore.NAME)) {
        if (has(host.topicPartitions(), partition)) {
          found.add(host.hostInfo());
        } else if (has(host.standbyTopicPartitions(), partition)) {
          copies.add(host.hostInfo());
        }
      }
    } catch (StreamsNotStartedException | IllegalStateException e) {
      return List.of();
    }
    if (!found.isEmpty() || !copies.isEmpty()) {
      found.add(self());
    }
    found.addAll(copies);
    return List.copyOf(found);
  }

  /** Every other instance that has anything. */
  Set<HostInfo> others() {
    Set<HostInfo> found = new LinkedHashSet<>();
    try {
      streams
          .get()
          .ifPresent(app ->
              app.streamsMetadataForStore(SuppressionStore.NAME).stream()
                  .filter(host -> !host.topicPartitions().isEmpty())
                  .forEach(host -> found.add(host.hostInfo())));
    } catch (StreamsNotStartedException | IllegalStateException e) {
      return Set.of();
    }
    found.remove(self());
    return found;
  }

  /** Why nobody can be asked for a partition. */
  String nobodyFor(Object partition) {
    return streams.get().isEmpty()
        ? "the topology is not started yet"
        : "the topology does not know yet which instance has partition %s".formatted(partition);
  }

  private static boolean has(Set<TopicPartition> partitions, int partition) {
    return partitions.stream().anyMatch(id -> id.partition() == partition);
  }
}

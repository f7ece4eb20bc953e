package io.mailstream.streams.query;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.errors.UnknownStateStoreException;
import org.apache.kafka.streams.query.KeyQuery;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.query.StateQueryRequest;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Finds the value of a key in a store that is spread over the instances: here, or which instance
 * has it. Only the active task answers: its value is as new as what was committed.
 *
 * @param <V> the store's value type
 */
final class StoreLookup<V> {

  private final String store;
  private final Supplier<Optional<KafkaStreams>> streams;
  private final Supplier<HostInfo> self;

  /**
   * A look-up.
   *
   * @param store the store's name
   * @param streams the application; empty: not started yet
   * @param self this instance, as its {@code application.server} names it
   */
  StoreLookup(String store, Supplier<Optional<KafkaStreams>> streams, Supplier<HostInfo> self) {
    this.store = store;
    this.streams = streams;
    this.self = self;
  }

  Located<V> find(String key) {
    Optional<KafkaStreams> running = streams.get();
    if (running.isEmpty()) {
      return new Located.NotReady<>("the topology is not started yet");
    }
    KafkaStreams app = running.get();
    try {
      KeyQueryMetadata metadata = app.queryMetadataForKey(store, key, new StringSerializer());
      if (metadata == null || metadata.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
        return new Located.NotReady<>(
            "the topology is %s and does not know yet which instance has the address"
                .formatted(app.state()));
      }
      return metadata.activeHost().equals(self.get())
          ? here(app, key, metadata.partition())
          : new Located.Elsewhere<>(metadata.activeHost(), metadata.partition());
    } catch (StreamsNotStartedException | IllegalStateException e) {
      return new Located.NotReady<>("the topology is " + app.state());
    } catch (UnknownStateStoreException e) {
      return new Located.NotReady<>("the store %s is not part of this topology".formatted(store));
    }
  }

  private Located<V> here(KafkaStreams app, String key, int partition) {
    QueryResult<V> result =
        app.query(
                StateQueryRequest.inStore(store)
                    .withQuery(KeyQuery.<String, V>withKey(key))
                    .withPartitions(Set.of(partition))
                    .requireActive())
            .getPartitionResults()
            .get(partition);
    if (result == null) {
      return notReady(partition, "it is not assigned to this instance yet");
    }
    return result.isSuccess()
        ? new Located.Here<>(Optional.ofNullable(result.getResult()))
        : notReady(partition, result.getFailureReason() + ": " + result.getFailureMessage());
  }

  private Located<V> notReady(int partition, String why) {
    return new Located.NotReady<>(
        "partition %d of the store %s cannot answer now: %s".formatted(partition, store, why));
  }

  /** Where a key's value is. */
  sealed interface Located<V> {

    /**
     * Here.
     *
     * @param value the value; empty: there is none
     */
    record Here<V>(Optional<V> value) implements Located<V> {}

    /** On another instance. */
    record Elsewhere<V>(HostInfo owner, int partition) implements Located<V> {}

    /** Nobody can say now; {@code why} is for people. */
    record NotReady<V>(String why) implements Located<V> {}
  }
}

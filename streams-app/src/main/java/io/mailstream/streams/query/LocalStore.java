package io.mailstream.streams.query;

import io.mailstream.schemas.RecipientHash;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.suppress.SuppressionStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.LagInfo;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.errors.UnknownStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * The part of the suppression list that lies on this instance. An active task answers with what it
 * has; a copy, or a task that is still being restored, only where it is not too far behind, and
 * then it says how far.
 */
final class LocalStore {

  /** Not {@code KafkaStreams.query}: KAFKA-19629, it and a writing task can wait for each other. */
  private static final StoreQueryParameters<ReadOnlyKeyValueStore<String, SuppressionState>>
      PARAMETERS =
          StoreQueryParameters.fromNameAndType(
              SuppressionStore.NAME, QueryableStoreTypes.keyValueStore());

  private static final long LAGS_FOR = Duration.ofMillis(500).toNanos();

  private final Supplier<Optional<KafkaStreams>> streams;
  private final RecipientHash hash;
  private final long maxBehind;
  private Map<Integer, Long> lags = Map.of();
  private long lagsAt = System.nanoTime() - LAGS_FOR;

  /**
   * The store.
   *
   * @param streams the application; empty: not started yet
   * @param hash what stands for addresses in it
   * @param maxBehind how many records a copy may be behind and still answer
   */
  LocalStore(Supplier<Optional<KafkaStreams>> streams, RecipientHash hash, long maxBehind) {
    this.streams = streams;
    this.hash = hash;
    this.maxBehind = maxBehind;
  }

  /** What came of a question. */
  sealed interface Found<R> {

    /**
     * An answer.
     *
     * @param value null: there is nothing
     * @param behind how many records it may be behind; empty: it is the owner's
     */
    record Value<R>(R value, OptionalLong behind) implements Found<R> {}

    /** Not here, or not now; {@code why} is for people. */
    record NotHere<R>(String why) implements Found<R> {}
  }

  /** What is known of a clear address. */
  Found<SuppressionState> get(String address, int partition) {
    Found<SuppressionState> found = new Found.NotHere<>("");
    for (String key : hash.isOn() ? hash.candidates(address) : List.of(address)) {
      found = ask(store -> store.get(key), partition);
      if (!(found instanceof Found.Value<SuppressionState> value) || value.value() != null) {
        return found;
      }
    }
    return found;
  }

  /** The values from a key on, in the order of the store; to be closed. */
  Found<KeyValueIterator<String, SuppressionState>> from(String key, int partition) {
    return ask(store -> key.isEmpty() ? store.all() : store.range(key, null), partition);
  }

  private <R> Found<R> ask(
      Function<ReadOnlyKeyValueStore<String, SuppressionState>, R> question, int partition) {
    Optional<KafkaStreams> app = streams.get();
    if (app.isEmpty()) {
      return new Found.NotHere<>("the topology is not started yet");
    }
    try {
      return new Found.Value<>(
          question.apply(app.get().store(PARAMETERS.withPartition(partition))),
          OptionalLong.empty());
    } catch (UnknownStateStoreException e) {
      return new Found.NotHere<>("this topology has no suppression list");
    } catch (StreamsNotStartedException | IllegalStateException e) {
      return new Found.NotHere<>("the topology is " + app.get().state());
    } catch (InvalidStateStoreException e) {
      return askCopy(app.get(), question, partition);
    }
  }

  private <R> Found<R> askCopy(
      KafkaStreams app,
      Function<ReadOnlyKeyValueStore<String, SuppressionState>, R> question,
      int partition) {
    try {
      OptionalLong behind = behind(app, partition);
      if (behind.isEmpty()) {
        return new Found.NotHere<>("partition %d is not on this instance".formatted(partition));
      }
      if (behind.getAsLong() > maxBehind) {
        return new Found.NotHere<>(
            "this instance's copy of partition %d is %d records behind"
                .formatted(partition, behind.getAsLong()));
      }
      return new Found.Value<>(
          question.apply(app.store(PARAMETERS.withPartition(partition).enableStaleStores())),
          behind);
    } catch (InvalidStateStoreException e) {
      return new Found.NotHere<>("partition %d cannot answer now".formatted(partition));
    } catch (IllegalStateException e) {
      return new Found.NotHere<>("the topology is " + app.state());
    }
  }

  /** How far this instance is behind; empty: it does not have the partition, or cannot say. */
  private synchronized OptionalLong behind(KafkaStreams app, int partition) {
    if (System.nanoTime() - lagsAt > LAGS_FOR) {
      try {
        Map<Integer, LagInfo> now =
            app.allLocalStorePartitionLags().getOrDefault(SuppressionStore.NAME, Map.of());
        Map<Integer, Long> behind = new java.util.HashMap<>();
        now.forEach((id, lag) -> behind.put(id, lag.offsetLag()));
        lags = behind;
      } catch (KafkaException e) {
        lags = Map.of();
      }
      lagsAt = System.nanoTime();
    }
    Long behind = lags.get(partition);
    return behind == null ? OptionalLong.empty() : OptionalLong.of(behind);
  }
}

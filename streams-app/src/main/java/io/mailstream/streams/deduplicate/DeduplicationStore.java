package io.mailstream.streams.deduplicate;

import io.mailstream.store.DeduplicationEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/** The store of the deliveries of the window: key = delivery id, window = bucket. */
final class DeduplicationStore {

  static final String NAME = "deliveries-seen";

  /**
   * The key under which each bucket notes that it was entered, so that a restart knows how far time
   * had come. No delivery id looks like it.
   */
  static final String CLOCK_KEY = "clock";

  private DeduplicationStore() {}

  static StoreBuilder<WindowStore<String, DeduplicationEntry>> builder(Buckets buckets) {
    return Stores.windowStoreBuilder(
            Stores.persistentWindowStore(NAME, buckets.retention(), buckets.size(), false),
            Serdes.String(),
            valueSerde())
        .withCachingDisabled()
        .withLoggingEnabled(Map.of());
  }

  /** Avro's single-object encoding, which needs no registry. */
  private static Serde<DeduplicationEntry> valueSerde() {
    return Serdes.serdeFrom((topic, entry) -> encode(entry), (topic, bytes) -> decode(bytes));
  }

  private static byte[] encode(DeduplicationEntry entry) {
    if (entry == null) {
      return null;
    }
    try {
      ByteBuffer buffer = DeduplicationEntry.getEncoder().encode(entry);
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot encode a value of the deduplication store", e);
    }
  }

  private static DeduplicationEntry decode(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      return DeduplicationEntry.getDecoder().decode(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot decode a value of the deduplication store: written by another version?", e);
    }
  }
}

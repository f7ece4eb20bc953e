package io.mailstream.streams.suppress;

import io.mailstream.store.SuppressionState;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The store of what is known of each address: key = canonical address, value = all of it, so that
 * one look-up decides. Most look-ups find nothing and cost a Bloom filter's answer: nothing is
 * decoded.
 */
public final class SuppressionStore {

  /** The store's name, for queries. */
  public static final String NAME = "suppressions";

  private SuppressionStore() {}

  /**
   * A builder of the store. Within one topology the same instance goes to every step that reads the
   * store: Kafka Streams refuses a second one of the same name.
   */
  public static StoreBuilder<KeyValueStore<String, SuppressionState>> builder() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(NAME), Serdes.String(), valueSerde())
        .withCachingDisabled()
        .withLoggingEnabled(Map.of());
  }

  /** How the values are written: Avro's single-object encoding, which needs no registry. */
  static Serde<SuppressionState> valueSerde() {
    return Serdes.serdeFrom(
        (topic, state) -> SuppressionStateCodec.encode(state),
        (topic, bytes) -> SuppressionStateCodec.decode(bytes));
  }
}

package io.mailstream.streams.hold;

import io.mailstream.schemas.Topics;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The two stores of this step: what is held, written through, and small states (gates, totals),
 * cached and written once a commit.
 */
public final class HoldStores {

  /** Everything that waits, in order. */
  public static final String HELD = "held-deliveries";

  /** What the limits and the totals stand at. */
  public static final String STATE = "hold-state";

  /**
   * Largest record of the changelog of what is held: a whole mail, and around it what a held one
   * has besides.
   */
  private static final int MAX_BYTES = Topics.MAX_MAIL_BYTES + 256 * 1024;

  private HoldStores() {}

  /** A builder of the store of what is held. */
  static StoreBuilder<KeyValueStore<Bytes, byte[]>> held() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(HELD), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingEnabled(Map.of("max.message.bytes", String.valueOf(MAX_BYTES)));
  }

  /** A builder of the store of small states. */
  static StoreBuilder<KeyValueStore<Bytes, byte[]>> state() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STATE), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingEnabled()
        .withLoggingEnabled(Map.of());
  }
}

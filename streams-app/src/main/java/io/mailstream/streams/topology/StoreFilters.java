package io.mailstream.streams.topology;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.Options;

/**
 * Keeps Bloom filters for all that a store holds. Kafka Streams leaves them out for the last level,
 * where nearly everything lies, on the assumption that what is looked up is there; here most
 * addresses are on no list and most deliveries are new, so that without the filters nearly every
 * mail reads blocks to find nothing. They cost ten bits of memory a key.
 */
public final class StoreFilters implements RocksDBConfigSetter {

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    options.setOptimizeFiltersForHits(false);
  }

  @Override
  public void close(String storeName, Options options) {
    // Nothing was opened.
  }
}

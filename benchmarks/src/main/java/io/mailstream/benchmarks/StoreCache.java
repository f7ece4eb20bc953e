package io.mailstream.benchmarks;

import io.mailstream.streams.topology.StoreFilters;
import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/** The topology's stores, with a block cache of another size than Kafka Streams' 50 MB. */
public final class StoreCache implements RocksDBConfigSetter {

  /** The setting that says how large, in millions of bytes. */
  static final String MEGABYTES = "benchmark.store.cache.megabytes";

  private final StoreFilters filters = new StoreFilters();
  private Cache cache;

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    filters.setConfig(storeName, options, configs);
    cache = new LRUCache(Long.parseLong((String) configs.get(MEGABYTES)) * 1_000_000);
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(cache);
    options.setTableFormatConfig(table);
  }

  @Override
  public void close(String storeName, Options options) {
    filters.close(storeName, options);
    cache.close();
  }
}

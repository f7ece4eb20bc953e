package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.schemas.Topics;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** What is in no store is found to be in none without reading it. */
class StoreFiltersTest {

  @Test
  void theLastLevelHasFiltersToo() {
    RocksDB.loadLibrary();
    try (Options options = new Options().setOptimizeFiltersForHits(true)) {
      new StoreFilters().setConfig("any", options, Map.of());

      assertThat(options.optimizeFiltersForHits()).isFalse();
    }
  }

  @Test
  void theTopologysStoresAreSetSo() {
    ServiceConfig config =
        new ServiceConfig(
            CommonConfig.add(TopologySettings.define(new ConfigDef())),
            Map.of("bootstrap.servers", "127.0.0.1:1", "schema.registry.url", "http://127.0.0.1:1"),
            TopologySettings.passThrough()) {};

    assertThat(TopologySettings.streams(config, new Topics("mail."), new HostInfo("localhost", 1)))
        .containsEntry(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreFilters.class);
  }
}

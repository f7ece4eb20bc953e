package io.mailstream.sender;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/** Configurations of senders that reach nobody. */
final class SenderConfigs {

  private SenderConfigs() {}

  /** The defaults, but for some settings. */
  static SenderConfig with(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("bootstrap.servers", "127.0.0.1:1");
    all.put("schema.registry.url", "http://127.0.0.1:1");
    return SenderConfig.of(
        new ServiceConfig(
            CommonConfig.add(SenderConfig.define(new ConfigDef())),
            all,
            SenderConfig.passThrough()) {});
  }
}

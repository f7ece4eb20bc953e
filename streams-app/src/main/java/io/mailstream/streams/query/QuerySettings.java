package io.mailstream.streams.query;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.schemas.serde.AvroSerdeConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;

/** The settings of the query API, below {@code api.}; its tokens are every service's own. */
public final class QuerySettings {

  /** How long a change waits until it is visible. */
  public static final String WRITE_TIMEOUT = "api.write.timeout.ms";

  /** How far a copy may be behind. */
  public static final String MAX_BEHIND = "api.standby.max.behind";

  private QuerySettings() {}

  /** Adds them to those of the service that runs the API. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            WRITE_TIMEOUT,
            Type.INT,
            5000,
            Range.between(500, 60_000),
            Importance.LOW,
            "How long a change of the suppression list waits until it is visible, in milliseconds;"
                + " then it is answered with 202, or 504 where Kafka did not say that it has it.")
        .define(
            MAX_BEHIND,
            Type.LONG,
            10_000L,
            Range.atLeast(0),
            Importance.LOW,
            "How many records a standby may be behind and still answer while the owner of an"
                + " address is away; the answer says how many it is.");
  }

  /** How long a change waits until it is visible. */
  public static Duration writeTimeout(ServiceConfig config) {
    return Duration.ofMillis(config.getInt(WRITE_TIMEOUT));
  }

  /** How many records a copy may be behind and still answer. */
  public static long maxBehind(ServiceConfig config) {
    return config.getLong(MAX_BEHIND);
  }

  /** What the API's serializers are configured with. */
  public static Map<String, Object> serdes(ServiceConfig config) {
    Map<String, Object> settings = new HashMap<>(CommonConfig.serdes(config));
    // Whoever asks waits no longer than this anyway.
    settings.put(AvroSerdeConfig.RETRY_TIMEOUT_MS, String.valueOf(config.getInt(WRITE_TIMEOUT)));
    settings.put(AvroSerdeConfig.SERIALIZER_CLASS, config.getString(CommonConfig.AVRO_SERIALIZER));
    settings.put(
        AvroSerdeConfig.DESERIALIZER_CLASS, config.getString(CommonConfig.AVRO_DESERIALIZER));
    return settings;
  }
}

package io.mailstream.runtime.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/** Which settings are secret. */
final class SecretKeys {

  /** The keys that Kafka's own clients define as passwords, {@code sasl.jaas.config} among them. */
  private static final Set<String> OF_KAFKA =
      keys().entrySet().stream()
          .filter(key -> key.getValue().type == ConfigDef.Type.PASSWORD)
          .map(Map.Entry::getKey)
          .collect(Collectors.toUnmodifiableSet());

  private SecretKeys() {}

  static boolean isSecret(ConfigKey key) {
    return key.type == ConfigDef.Type.PASSWORD;
  }

  /** Whether a key, below whatever client prefix, is one of Kafka's passwords. */
  static boolean isKafkaSecret(String key) {
    return OF_KAFKA.stream().anyMatch(name -> key.equals(name) || key.endsWith("." + name));
  }

  private static Map<String, ConfigKey> keys() {
    Map<String, ConfigKey> keys = new TreeMap<>(ConsumerConfig.configDef().configKeys());
    keys.putAll(ProducerConfig.configDef().configKeys());
    return keys;
  }
}

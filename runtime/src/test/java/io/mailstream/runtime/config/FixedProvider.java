package io.mailstream.runtime.config;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;

/** Answers every key with its parameter {@code answer}. */
public final class FixedProvider implements ConfigProvider {

  private String answer;

  /** Called by name. */
  public FixedProvider() {}

  @Override
  public void configure(Map<String, ?> configs) {
    answer = (String) configs.get("answer");
  }

  @Override
  public ConfigData get(String path) {
    return new ConfigData(Map.of());
  }

  @Override
  public ConfigData get(String path, Set<String> keys) {
    return new ConfigData(keys.stream().collect(Collectors.toMap(key -> key, key -> answer)));
  }

  @Override
  public void close() {}
}

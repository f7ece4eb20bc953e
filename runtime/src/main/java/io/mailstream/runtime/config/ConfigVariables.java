package io.mailstream.runtime.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.utils.Utils;

/**
 * Kafka's config providers: {@code ${env:NAME}}, {@code ${file:/path:key}} and {@code
 * ${dir:/path:file}} are always there, others by {@code config.providers}, as in Kafka's clients.
 */
final class ConfigVariables {

  static final String PROVIDERS = AbstractConfig.CONFIG_PROVIDERS_CONFIG;

  private ConfigVariables() {}

  /** Whether a key configures the providers themselves. */
  static boolean isProviderKey(String key) {
    return key.equals(PROVIDERS) || key.startsWith(PROVIDERS + ".");
  }

  /**
   * The values with every variable replaced; what cannot be replaced is added to the faults, and
   * its value left out of them.
   */
  static Map<String, String> resolve(Map<String, String> values, List<String> faults) {
    Map<String, ConfigProvider> providers = providers(values, faults);
    try {
      Map<String, String> resolved = new TreeMap<>();
      values.forEach((key, value) -> {
        if (isProviderKey(key)) {
          resolved.put(key, value);
        } else {
          resolved.put(key, resolve(key, value, providers, faults));
        }
      });
      return resolved;
    } finally {
      providers.values().forEach(provider -> Utils.closeQuietly(provider, "config provider"));
    }
  }

  private static String resolve(
      String key, String value, Map<String, ConfigProvider> providers, List<String> faults) {
    Matcher variable = ConfigTransformer.DEFAULT_PATTERN.matcher(value);
    if (!variable.find()) {
      return value;
    }
    String result;
    try {
      result = new ConfigTransformer(providers).transform(Map.of(key, value)).data().get(key);
    } catch (KafkaException | UncheckedIOException e) {
      faults.add("%s: %s cannot be resolved: %s".formatted(key, variable.group(), e.getMessage()));
      return value;
    }
    // A provider leaves what it does not know as it stands. A value that merely contains such text
    // after it was resolved is no variable of ours.
    variable.reset();
    while (variable.find()) {
      String provider = variable.group(1);
      if (!providers.containsKey(provider)) {
        faults.add(
            "%s: %s names the config provider '%s', which is not there; there are %s"
                .formatted(key, variable.group(), provider, String.join(", ", providers.keySet())));
      } else if (result.contains(variable.group())) {
        faults.add(
            "%s: %s cannot be resolved: the config provider '%s' has nothing by that name"
                .formatted(key, variable.group(), provider));
      }
    }
    return result;
  }

  private static Map<String, ConfigProvider> providers(
      Map<String, String> values, List<String> faults) {
    Map<String, ConfigProvider> providers = new LinkedHashMap<>();
    providers.put("env", configured(new EnvVarConfigProvider(), Map.of()));
    providers.put("file", configured(new FileConfigProvider(), Map.of()));
    providers.put("dir", configured(new DirectoryConfigProvider(), Map.of()));
    String names = values.getOrDefault(PROVIDERS, "");
    for (String name : Arrays.stream(names.split(",")).map(String::strip).toList()) {
      if (name.isEmpty()) {
        continue;
      }
      String prefix = PROVIDERS + "." + name;
      String className = values.get(prefix + ".class");
      if (className == null) {
        faults.add(
            "%s.class is missing: name the class of the provider '%s'".formatted(prefix, name));
        continue;
      }
      Map<String, String> params = new HashMap<>();
      values.forEach((key, value) -> {
        if (key.startsWith(prefix + ".param.")) {
          params.put(key.substring((prefix + ".param.").length()), value);
        }
      });
      try {
        ConfigProvider replaced =
            providers.put(
                name, configured(Utils.newInstance(className, ConfigProvider.class), params));
        if (replaced != null) {
          replaced.close();
        }
      } catch (ClassNotFoundException | KafkaException | IOException e) {
        faults.add(
            "%s.class = '%s' cannot be used as a config provider: %s"
                .formatted(prefix, className, e));
      }
    }
    return providers;
  }

  private static ConfigProvider configured(ConfigProvider provider, Map<String, String> params) {
    provider.configure(params);
    return provider;
  }
}

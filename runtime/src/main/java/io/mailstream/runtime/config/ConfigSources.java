package io.mailstream.runtime.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where settings come from: a {@code .properties} file (UTF-8), over it the environment, over that
 * the overrides of whoever starts the service.
 *
 * <p>An environment variable {@code MAILSTREAM_HTTP_PORT} sets {@code http.port}: the name without
 * its prefix, in lower case, {@code _} for a dot. As in Kafka's own container images, {@code __}
 * stands for an underscore and {@code ___} for a dash. Keys with capital letters cannot be set this
 * way.
 */
public final class ConfigSources {

  /** What the names of our environment variables begin with. */
  public static final String ENV_PREFIX = "MAILSTREAM_";

  /**
   * Kubernetes announces a service called {@code mailstream…} to every pod of its namespace in
   * variables of these forms; they are not settings.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          ".*_SERVICE_HOST|.*_SERVICE_PORT(_.*)?|.*PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

  private static final Pattern SERVICE_LINK_URL = Pattern.compile("(tcp|udp|sctp)://.*");

  private ConfigSources() {}

  /**
   * Reads all sources.
   *
   * @param file a properties file; empty: none
   * @param env the environment; only variables that begin with {@link #ENV_PREFIX} are read
   * @param overrides the last word
   * @throws ConfigFaults if the file cannot be read or is no properties file
   */
  public static Map<String, String> load(
      Optional<Path> file, Map<String, String> env, Map<String, String> overrides) {
    Map<String, String> values = new TreeMap<>();
    file.ifPresent(path -> values.putAll(read(path)));
    env.forEach((name, value) -> {
      if (name.startsWith(ENV_PREFIX) && !isServiceLink(name, value)) {
        values.put(keyOf(name), value);
      }
    });
    values.putAll(overrides);
    return values;
  }

  /**
   * The values with the variables of Kafka's config providers replaced, for a client that has no
   * {@link ServiceConfig}.
   *
   * @throws ConfigFaults if one cannot be
   */
  public static Map<String, String> resolve(Map<String, String> values) {
    List<String> faults = new ArrayList<>();
    Map<String, String> resolved = ConfigVariables.resolve(values, faults);
    if (!faults.isEmpty()) {
      throw new ConfigFaults(faults);
    }
    resolved.keySet().removeIf(ConfigVariables::isProviderKey);
    return resolved;
  }

  private static boolean isServiceLink(String name, String value) {
    return SERVICE_LINK.matcher(name).matches()
        || (name.endsWith("_PORT") && SERVICE_LINK_URL.matcher(value).matches());
  }

  /** The key that an environment variable of ours sets. */
  static String keyOf(String variable) {
    String name = variable.substring(ENV_PREFIX.length()).toLowerCase(Locale.ROOT);
    StringBuilder key = new StringBuilder(name.length());
    int i = 0;
    while (i < name.length()) {
      if (name.startsWith("___", i)) {
        key.append('-');
        i += 3;
      } else if (name.startsWith("__", i)) {
        key.append('_');
        i += 2;
      } else {
        key.append(name.charAt(i) == '_' ? '.' : name.charAt(i));
        i++;
      }
    }
    return key.toString();
  }

  private static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigFaults(
          List.of(
              "cannot read the configuration file %s (%s): give a readable .properties file in UTF-8"
                  .formatted(file.toAbsolutePath(), e)));
    }
    Map<String, String> values = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return values;
  }
}

package io.mailstream.cli;

import io.mailstream.runtime.config.ConfigSources;
import io.mailstream.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the installation is and how to get in: options over the environment over the properties
 * file over the addresses of quickstart.
 */
final class Settings {

  static final String BOOTSTRAP = "bootstrap.servers";
  static final String REGISTRY = "schema.registry.url";
  static final String API_URL = "api.url";
  static final String API_TOKEN = "api.token";
  static final String PREFIX = "topics.prefix";

  private static final String KAFKA = "kafka.";
  private static final String REGISTRY_PREFIX = "schema.registry.";
  private static final String REGISTRY_RETRY = "mailstream.registry.retry.timeout.ms";
  private static final Map<String, String> DEFAULTS =
      Map.of(
          BOOTSTRAP, "127.0.0.1:9092",
          REGISTRY, "http://127.0.0.1:8081",
          API_URL, "http://127.0.0.1:8080",
          PREFIX, Topics.DEFAULT_PREFIX);

  private final Map<String, String> values;

  private Settings(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads all sources.
   *
   * @param options by key, as given on the command line
   */
  static Settings load(Optional<Path> file, Map<String, String> env, Map<String, String> options) {
    Map<String, String> values = new HashMap<>(DEFAULTS);
    values.putAll(ConfigSources.resolve(ConfigSources.load(file, env, options)));
    return new Settings(values);
  }

  /**
   * What a Kafka client and the serdes are configured with. Keys below {@code kafka.} and {@code
   * schema.registry.}, as the services have them, work too, so that one file serves both.
   */
  Map<String, Object> client() {
    Map<String, Object> client = new HashMap<>();
    values.forEach((key, value) -> {
      if (key.startsWith(REGISTRY_PREFIX)
          && !key.equals(REGISTRY)
          && !key.startsWith(REGISTRY_PREFIX + "ssl.")) {
        client.put(key.substring(REGISTRY_PREFIX.length()), value);
      } else if (!key.startsWith(KAFKA) && !key.equals(API_TOKEN)) {
        client.put(key, value);
      }
    });
    values.forEach((key, value) -> {
      if (key.startsWith(KAFKA)) {
        client.put(key.substring(KAFKA.length()), value);
      }
    });
    // A person waits: say soon that the registry is not there.
    client.putIfAbsent(REGISTRY_RETRY, "5000");
    return client;
  }

  String bootstrap() {
    return values.get(BOOTSTRAP);
  }

  String registry() {
    return values.get(REGISTRY);
  }

  String apiUrl() {
    String url = values.get(API_URL);
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  Topics topics() {
    try {
      return new Topics(values.get(PREFIX));
    } catch (IllegalArgumentException e) {
      throw new CliException(Exit.USAGE, e.getMessage(), e);
    }
  }

  /** The class that a setting names, or the default. */
  String className(String key, Class<?> fallback) {
    return values.getOrDefault(key, fallback.getName());
  }

  /** The bearer token of the API: from a file, else from the environment or the properties. */
  Optional<String> apiToken(Optional<Path> tokenFile) {
    if (tokenFile.isEmpty()) {
      return Optional.ofNullable(values.get(API_TOKEN)).map(String::strip);
    }
    try {
      return Optional.of(Files.readString(tokenFile.get(), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw new CliException(
          Exit.USAGE, "cannot read the token file %s: %s".formatted(tokenFile.get(), e), e);
    }
  }
}

package io.mailstream.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say where the installation is. */
final class ConnectionOptions {

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers, separated by commas (default: 127.0.0.1:9092).")
  private String bootstrap;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description = "The schema registry (default: http://127.0.0.1:8081).")
  private String registry;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description = "What the topics' names begin with (default: mail.).")
  private String prefix;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A properties file: bootstrap.servers, schema.registry.url, api.url, topics.prefix, and"
              + " any property of Kafka's clients.")
  private Path config;

  /** The settings, with further options by key. */
  Settings settings(Terminal terminal, Map<String, String> more) {
    Map<String, String> options = new HashMap<>(more);
    put(options, Settings.BOOTSTRAP, bootstrap);
    put(options, Settings.REGISTRY, registry);
    put(options, Settings.PREFIX, prefix);
    return Settings.load(Optional.ofNullable(config), terminal.env(), options);
  }

  private static void put(Map<String, String> options, String key, String value) {
    if (value != null) {
      options.put(key, value);
    }
  }
}

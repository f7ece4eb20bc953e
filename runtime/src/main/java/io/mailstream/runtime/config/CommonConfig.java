package io.mailstream.runtime.config;

import io.mailstream.runtime.http.BearerAuth;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.types.Password;

/** The settings that every service has. */
public final class CommonConfig {

  /** Where the brokers are. */
  public static final String BOOTSTRAP_SERVERS = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;

  /** Where the schema registry is. */
  public static final String SCHEMA_REGISTRY_URL = "schema.registry.url";

  /** The class that writes Avro. */
  public static final String AVRO_SERIALIZER = "avro.serializer.class";

  /** The class that reads Avro. */
  public static final String AVRO_DESERIALIZER = "avro.deserializer.class";

  /** What the names of all topics begin with. */
  public static final String TOPICS_PREFIX = "topics.prefix";

  /** The address that the HTTP server listens on. */
  public static final String HTTP_HOST = "http.host";

  /** The port that the HTTP server listens on. */
  public static final String HTTP_PORT = "http.port";

  /** The largest body of a request to the HTTP server. */
  public static final String HTTP_MAX_BODY_BYTES = "http.max.body.bytes";

  /** The bearer tokens that the HTTP API takes. */
  public static final String API_TOKENS = "api.tokens";

  /** Whether addresses are masked in the logs. */
  public static final String LOG_ADDRESSES = "log.addresses";

  /** Prefix of settings for every Kafka client: security above all. */
  public static final String KAFKA_PREFIX = "kafka.";

  /** Prefix of settings for the serializers' registry client, by Confluent's names. */
  public static final String REGISTRY_PREFIX = "schema.registry.";

  private static final String DEFAULT_HOST = "127.0.0.1";
  private static final String MASKED = "masked";
  private static final String CLEAR = "clear";

  private CommonConfig() {}

  /** Adds the settings to a service's own. */
  public static ConfigDef add(ConfigDef def) {
    return def.define(
            BOOTSTRAP_SERVERS,
            ConfigDef.Type.LIST,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.ValidList.anyNonDuplicateValues(false, false),
            Importance.HIGH,
            "The Kafka brokers to start from, as host:port, separated by commas.")
        .define(
            SCHEMA_REGISTRY_URL,
            ConfigDef.Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            new NonEmptyString(),
            Importance.HIGH,
            "The URL of the schema registry, or several separated by commas. Any that speaks"
                + " the Confluent API.")
        .define(
            AVRO_SERIALIZER,
            ConfigDef.Type.STRING,
            "io.mailstream.schemas.serde.MailstreamAvroSerializer",
            new NonEmptyString(),
            Importance.LOW,
            "The class that writes Avro: a Kafka Serializer of Confluent's wire format.")
        .define(
            AVRO_DESERIALIZER,
            ConfigDef.Type.STRING,
            "io.mailstream.schemas.serde.MailstreamAvroDeserializer",
            new NonEmptyString(),
            Importance.LOW,
            "The class that reads Avro: a Kafka Deserializer of Confluent's wire format.")
        .define(
            TOPICS_PREFIX,
            ConfigDef.Type.STRING,
            "mail.",
            Importance.MEDIUM,
            "What the names of all topics begin with; every service of an installation has the"
                + " same.")
        .define(
            HTTP_HOST,
            ConfigDef.Type.STRING,
            DEFAULT_HOST,
            new NonEmptyString(),
            Importance.MEDIUM,
            "The address to listen on. Beyond loopback only where it is set here; 0.0.0.0 is every"
                + " interface.")
        .define(
            HTTP_PORT,
            ConfigDef.Type.INT,
            8080,
            Range.between(0, 65535),
            Importance.MEDIUM,
            "The port to listen on; 0 is any free one.")
        .define(
            HTTP_MAX_BODY_BYTES,
            ConfigDef.Type.LONG,
            1024L * 1024,
            Range.between(1024, 64L * 1024 * 1024),
            Importance.LOW,
            "The largest body of a request, in bytes; a larger one is answered with 413.")
        .define(
            API_TOKENS,
            ConfigDef.Type.PASSWORD,
            null,
            Importance.HIGH,
            "Bearer tokens that the HTTP API takes, separated by commas, so that one can be"
                + " replaced by the next: SECRET or read:SECRET to read, write:SECRET to read and"
                + " write, NAME:SCOPE:SECRET to have the name in the record of changes. Without"
                + " any, the API listens on loopback only.")
        .define(
            LOG_ADDRESSES,
            ConfigDef.Type.STRING,
            MASKED,
            ValidString.in(MASKED, CLEAR),
            Importance.LOW,
            "Whether email addresses appear in the logs: masked (j***@example.com) or clear.");
  }

  /**
   * The pass-through prefixes that every service has, for {@link ServiceConfig}, with their locked
   * keys; the service adds its own to the returned map.
   */
  public static Map<String, Map<String, String>> passThrough() {
    Map<String, Map<String, String>> prefixes = new TreeMap<>();
    prefixes.put(
        KAFKA_PREFIX,
        Map.of(
            "bootstrap.servers", "every client takes bootstrap.servers itself",
            "client.id", "each client of a service has its own",
            "group.id", "each consumer of a service has its own",
            "transactional.id", "each producer of a service has its own"));
    prefixes.put(REGISTRY_PREFIX, Map.of());
    return prefixes;
  }

  /** What every Kafka client of the service is given: the brokers, and all below {@code kafka.}. */
  public static Map<String, Object> kafkaClient(ServiceConfig config) {
    Map<String, Object> settings = new HashMap<>(config.passThrough(KAFKA_PREFIX));
    settings.put(BOOTSTRAP_SERVERS, String.join(",", config.getList(BOOTSTRAP_SERVERS)));
    return settings;
  }

  /**
   * What serializers and deserializers are configured with: the registry's URL, and all below
   * {@code schema.registry.} by Confluent's names ({@code schema.registry.basic.auth.user.info}
   * becomes {@code basic.auth.user.info}; {@code schema.registry.ssl.…} stays as it is, as
   * Confluent's clients have it).
   */
  public static Map<String, Object> serdes(ServiceConfig config) {
    Map<String, Object> settings = new HashMap<>();
    config
        .originalsWithPrefix(REGISTRY_PREFIX)
        .forEach((key, value) ->
            settings.put(key.startsWith("ssl.") ? REGISTRY_PREFIX + key : key, value));
    settings.remove("url");
    settings.put(SCHEMA_REGISTRY_URL, config.getString(SCHEMA_REGISTRY_URL));
    return settings;
  }

  /**
   * For a service whose HTTP API is guarded by {@link #API_TOKENS}, as a check of relations of
   * {@link ServiceConfig}: without a token only loopback may be listened on.
   */
  public static List<String> apiFaults(Map<String, String> values) {
    String host = values.getOrDefault(HTTP_HOST, DEFAULT_HOST);
    List<String> tokens = split(values.getOrDefault(API_TOKENS, ""));
    return tokens.isEmpty() && !BearerAuth.isLoopback(host)
        ? List.of(BearerAuth.unguarded(host))
        : BearerAuth.faults(tokens);
  }

  /** The bearer tokens of the HTTP API; empty: none is configured. */
  public static List<String> apiTokens(ServiceConfig config) {
    return secrets(config, API_TOKENS);
  }

  /** The secrets of a setting that takes several, separated by commas; empty: it is not set. */
  public static List<String> secrets(ServiceConfig config, String key) {
    return split(Optional.ofNullable(config.getPassword(key)).map(Password::value).orElse(""));
  }

  private static List<String> split(String tokens) {
    return Arrays.stream(tokens.split(","))
        .map(String::strip)
        .filter(token -> !token.isEmpty())
        .toList();
  }

  /** Whether addresses are to appear unmasked in the logs. */
  public static boolean logsClearAddresses(ServiceConfig config) {
    return config.getString(LOG_ADDRESSES).equals(CLEAR);
  }
}

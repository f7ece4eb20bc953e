package io.mailstream.schemas.serde;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * The settings of the serializer and the deserializer, by the names that Confluent gave them where
 * Confluent has them. Settings of the registry's client may be written with or without the prefix
 * {@code schema.registry.}.
 */
public final class AvroSerdeConfig extends AbstractConfig {

  /** Comma-separated base URLs of the registry, tried in turn. */
  public static final String URL = "schema.registry.url";

  /** Whether the serializer registers schemas that the subject does not have. */
  public static final String AUTO_REGISTER = "auto.register.schemas";

  /** Whether the serializer writes with the subject's newest schema. */
  public static final String USE_LATEST = "use.latest.version";

  /** Whether the deserializer makes instances of generated classes. */
  public static final String SPECIFIC_READER = "specific.avro.reader";

  /** A generated class to make instances of, beside Mailstream's own. */
  public static final String SPECIFIC_TYPE = "specific.avro.value.type";

  /** How a key's subject is named. */
  public static final String KEY_STRATEGY = "key.subject.name.strategy";

  /** How a value's subject is named. */
  public static final String VALUE_STRATEGY = "value.subject.name.strategy";

  /** Where basic credentials come from: USER_INFO or URL. */
  public static final String BASIC_SOURCE = "basic.auth.credentials.source";

  /** User and password, joined by a colon. */
  public static final String USER_INFO = "basic.auth.user.info";

  /** Where the bearer token comes from: STATIC_TOKEN. */
  public static final String BEARER_SOURCE = "bearer.auth.credentials.source";

  /** The bearer token. */
  public static final String BEARER_TOKEN = "bearer.auth.token";

  /** Bound on connecting, in milliseconds. */
  public static final String CONNECT_TIMEOUT_MS = "http.connect.timeout.ms";

  /** Bound on waiting for an answer, in milliseconds. */
  public static final String READ_TIMEOUT_MS = "http.read.timeout.ms";

  /** How long an outage of the registry is retried before it becomes an error, in milliseconds. */
  public static final String RETRY_TIMEOUT_MS = "mailstream.registry.retry.timeout.ms";

  /** The first pause between two rounds of attempts, in milliseconds. */
  public static final String RETRY_WAIT_MS = "retries.wait.ms";

  /** The longest pause between two rounds of attempts, in milliseconds. */
  public static final String RETRY_MAX_WAIT_MS = "retries.max.wait.ms";

  /** How many schemas are remembered in each direction. */
  public static final String CACHE_CAPACITY = "max.schemas.per.subject";

  /** The compatibility that a subject of Mailstream's own gets when it is first registered. */
  public static final String COMPATIBILITY = "mailstream.registry.compatibility";

  /** The serializer's class. */
  public static final String SERIALIZER_CLASS = "avro.serializer.class";

  /** The deserializer's class. */
  public static final String DESERIALIZER_CLASS = "avro.deserializer.class";

  private static final String CLIENT_PREFIX = "schema.registry.";
  private static final String TOPIC_NAME_STRATEGY = "TopicNameStrategy";
  private static final ConfigDef DEFINITION = definition();

  private final List<URI> urls;

  /**
   * Settings, checked.
   *
   * @throws ConfigException if one is missing or wrong; it names the key and what is allowed
   */
  public AvroSerdeConfig(Map<String, ?> settings) {
    super(DEFINITION, normalise(settings), Map.of(), false);
    urls = parseUrls(getList(URL));
    checkStrategy(KEY_STRATEGY);
    checkStrategy(VALUE_STRATEGY);
    // Faults show when the service starts, not with the first record.
    authorization(urls.get(0));
  }

  /** The definitions, for a reference or for a service's own configuration. */
  public static ConfigDef configDef() {
    return new ConfigDef(DEFINITION);
  }

  List<URI> urls() {
    return urls;
  }

  /** The value of the Authorization header for a base URL, or null. */
  String authorization(URI url) {
    Password userInfo = getPassword(USER_INFO);
    Password token = getPassword(BEARER_TOKEN);
    String source = getString(BASIC_SOURCE);
    String user = null;
    if (source.equals("USER_INFO") || (source.isEmpty() && userInfo != null)) {
      if (userInfo == null || !userInfo.value().contains(":")) {
        throw new ConfigException(USER_INFO, Password.HIDDEN, "must be user:password");
      }
      user = userInfo.value();
    } else if (url.getUserInfo() != null) {
      user = url.getUserInfo();
    }
    if (token != null && user != null) {
      throw new ConfigException(
          "both %s and basic credentials are set: choose one".formatted(BEARER_TOKEN));
    }
    if (token != null) {
      return "Bearer " + token.value();
    }
    return user == null ? null : RegistryHttp.basic(user);
  }

  private static ConfigDef definition() {
    ConfigDef def = new ConfigDef();
    def.define(
        URL,
        ConfigDef.Type.LIST,
        ConfigDef.NO_DEFAULT_VALUE,
        Importance.HIGH,
        "Base URLs of the schema registry, separated by commas, each with its path if it has one"
            + " (such as https://host/apis/ccompat/v7). When one does not answer, the next is"
            + " tried.");
    def.define(
        AUTO_REGISTER,
        ConfigDef.Type.BOOLEAN,
        true,
        Importance.MEDIUM,
        "Register schemas that the subject does not have. When false, a schema must be there"
            + " already.");
    def.define(
        USE_LATEST,
        ConfigDef.Type.BOOLEAN,
        false,
        Importance.LOW,
        "Write with the newest schema of the subject. Only heeded when "
            + AUTO_REGISTER
            + " is false.");
    def.define(
        SPECIFIC_READER,
        ConfigDef.Type.BOOLEAN,
        null,
        Importance.MEDIUM,
        "true: records become instances of their generated class, and one without a class is an"
            + " error. false: generic records. Unset: the generated class where there is one, else"
            + " a generic record.");
    def.define(
        SPECIFIC_TYPE,
        ConfigDef.Type.CLASS,
        null,
        Importance.LOW,
        "A generated class that records of its name become instances of, beside Mailstream's own"
            + " classes. No other class is ever made an instance of.");
    def.define(
        KEY_STRATEGY,
        ConfigDef.Type.STRING,
        TOPIC_NAME_STRATEGY,
        Importance.LOW,
        strategyDoc("key"));
    def.define(
        VALUE_STRATEGY,
        ConfigDef.Type.STRING,
        TOPIC_NAME_STRATEGY,
        Importance.LOW,
        strategyDoc("value"));
    def.define(
        BASIC_SOURCE,
        ConfigDef.Type.STRING,
        "",
        ConfigDef.ValidString.in("", "URL", "USER_INFO"),
        Importance.MEDIUM,
        "Where basic credentials come from: USER_INFO ("
            + USER_INFO
            + ") or URL (user:password@ in the URL). Empty: USER_INFO where that is set, else"
            + " URL.");
    def.define(
        USER_INFO,
        ConfigDef.Type.PASSWORD,
        null,
        Importance.MEDIUM,
        "User and password for basic authentication, as user:password.");
    def.define(
        BEARER_SOURCE,
        ConfigDef.Type.STRING,
        "STATIC_TOKEN",
        ConfigDef.ValidString.in("STATIC_TOKEN"),
        Importance.MEDIUM,
        "Where the bearer token comes from: STATIC_TOKEN (" + BEARER_TOKEN + ").");
    def.define(
        BEARER_TOKEN,
        ConfigDef.Type.PASSWORD,
        null,
        Importance.MEDIUM,
        "Token for bearer authentication.");
    def.define(
        CONNECT_TIMEOUT_MS,
        ConfigDef.Type.INT,
        5_000,
        Range.atLeast(1),
        Importance.LOW,
        "Bound on connecting to the registry, in milliseconds.");
    def.define(
        READ_TIMEOUT_MS,
        ConfigDef.Type.INT,
        10_000,
        Range.atLeast(1),
        Importance.LOW,
        "Bound on waiting for the registry's answer, in milliseconds.");
    def.define(
        RETRY_TIMEOUT_MS,
        ConfigDef.Type.LONG,
        60_000L,
        Range.atLeast(0),
        Importance.MEDIUM,
        "How long an outage of the registry is retried before it becomes an error, in"
            + " milliseconds. Keep it under max.poll.interval.ms. 0: every URL is tried once.");
    def.define(
        RETRY_WAIT_MS,
        ConfigDef.Type.LONG,
        100L,
        Range.atLeast(1),
        Importance.LOW,
        "The first pause between two rounds of attempts, in milliseconds; it doubles each time.");
    def.define(
        RETRY_MAX_WAIT_MS,
        ConfigDef.Type.LONG,
        5_000L,
        Range.atLeast(1),
        Importance.LOW,
        "The longest pause between two rounds of attempts, in milliseconds.");
    def.define(
        CACHE_CAPACITY,
        ConfigDef.Type.INT,
        1_000,
        Range.atLeast(1),
        Importance.LOW,
        "How many schemas are remembered in each direction.");
    def.define(
        COMPATIBILITY,
        ConfigDef.Type.STRING,
        "FULL_TRANSITIVE",
        ConfigDef.ValidString.in(
            "",
            "NONE",
            "BACKWARD",
            "BACKWARD_TRANSITIVE",
            "FORWARD",
            "FORWARD_TRANSITIVE",
            "FULL",
            "FULL_TRANSITIVE"),
        Importance.LOW,
        "The compatibility set on a subject when its first schema is registered, for Mailstream's"
            + " own records. Empty: the registry's default stays.");
    def.define(
        SERIALIZER_CLASS,
        ConfigDef.Type.CLASS,
        MailstreamAvroSerializer.class,
        Importance.LOW,
        "The class that serializes records, for MailstreamAvroSerde: any Serializer that takes"
            + " these settings, such as io.confluent.kafka.serializers.KafkaAvroSerializer.");
    def.define(
        DESERIALIZER_CLASS,
        ConfigDef.Type.CLASS,
        MailstreamAvroDeserializer.class,
        Importance.LOW,
        "The class that deserializes records, for MailstreamAvroSerde: any Deserializer that takes"
            + " these settings, such as io.confluent.kafka.serializers.KafkaAvroDeserializer.");
    return def;
  }

  private static String strategyDoc(String part) {
    return "How the subject of a "
        + part
        + " is named. Only TopicNameStrategy (topic-"
        + part
        + ").";
  }

  /** Takes client settings with their long names too, and a strategy given as a class. */
  private static Map<String, Object> normalise(Map<String, ?> settings) {
    Map<String, Object> normal = new HashMap<>(settings);
    for (String name : DEFINITION.names()) {
      Object prefixed = settings.get(CLIENT_PREFIX + name);
      if (prefixed != null && settings.get(name) == null) {
        normal.put(name, prefixed);
      }
    }
    for (String name : List.of(USER_INFO, BEARER_TOKEN, SPECIFIC_TYPE)) {
      if ("".equals(normal.get(name))) {
        normal.remove(name);
      }
    }
    for (String name : List.of(KEY_STRATEGY, VALUE_STRATEGY)) {
      if (normal.get(name) instanceof Class<?> strategy) {
        normal.put(name, strategy.getSimpleName());
      }
    }
    return normal;
  }

  private void checkStrategy(String name) {
    String strategy = getString(name);
    if (!strategy.substring(strategy.lastIndexOf('.') + 1).equals(TOPIC_NAME_STRATEGY)) {
      throw new ConfigException(
          name,
          strategy,
          "only TopicNameStrategy is built; for another, set %s and %s to Confluent's classes"
              .formatted(SERIALIZER_CLASS, DESERIALIZER_CLASS));
    }
  }

  private static List<URI> parseUrls(List<String> values) {
    List<URI> urls = new ArrayList<>();
    for (String value : values) {
      urls.add(parseUrl(value.strip()));
    }
    if (urls.isEmpty()) {
      throw new ConfigException(URL, "", "give at least one http:// or https:// URL");
    }
    return List.copyOf(urls);
  }

  private static URI parseUrl(String value) {
    try {
      URI url = URI.create(value.replaceAll("/+$", ""));
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      if (url.getHost() != null
          && url.getRawQuery() == null
          && url.getRawFragment() == null
          && (scheme.equals("http") || scheme.equals("https"))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(URL, Password.HIDDEN, "not a URL: give http://host:port/path");
    }
    throw new ConfigException(
        URL, RegistryHttp.shown(value), "give http:// or https:// URLs with a host, no query");
  }
}

package io.mailstream.runtime.tracing;

import io.mailstream.runtime.config.ServiceConfig;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** Where traces go, and how many of them. */
public final class TracingConfig {

  /** The collector. */
  public static final String ENDPOINT = "tracing.otlp.endpoint";

  /** What the collector asks for in the header of a request. */
  public static final String HEADERS = "tracing.otlp.headers";

  /** How many of the mails without a trace of their own are traced. */
  public static final String RATIO = "tracing.sample.ratio";

  /** OTLP's own path for traces by HTTP. */
  private static final String PATH = "/v1/traces";

  private TracingConfig() {}

  /** Adds the settings. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            ENDPOINT,
            Type.STRING,
            "",
            LambdaValidator.with(
                (key, value) -> url(key, (String) value),
                () -> "http:// or https:// URL, or empty"),
            Importance.MEDIUM,
            "Where traces go: the URL of an OpenTelemetry collector that takes OTLP by HTTP, such"
                + " as http://otel-collector:4318; without a path, /v1/traces is meant. Empty: no"
                + " traces are made.")
        .define(
            HEADERS,
            Type.PASSWORD,
            null,
            LambdaValidator.with(
                (key, value) -> headers(key, (Password) value),
                () -> "name=value, separated by commas"),
            Importance.LOW,
            "Headers of the requests to the collector: a token, as a rule.")
        .define(
            RATIO,
            Type.DOUBLE,
            1.0,
            Range.between(0, 1),
            Importance.MEDIUM,
            "How many of the requests that come without a trace are traced: 0.01 is one in a"
                + " hundred. Of one that comes with a trace its producer has decided.");
  }

  private static void headers(String key, Password value) {
    if (value != null && Arrays.stream(split(value)).anyMatch(one -> one.indexOf('=') <= 0)) {
      throw new ConfigException(key, "a secret", "a header is not name=value");
    }
  }

  private static String[] split(Password headers) {
    return headers.value().split(",");
  }

  private static void url(String key, String value) {
    if (value.isEmpty()) {
      return;
    }
    try {
      URI uri = URI.create(value);
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null) {
        return;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(key, value, "it is no URL");
    }
    throw new ConfigException(key, value, "give http://host:port, without a user");
  }

  /** The URL that traces are posted to; empty: none are made. */
  static Optional<String> endpoint(ServiceConfig config) {
    String endpoint = config.getString(ENDPOINT);
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    String path = URI.create(endpoint).getPath();
    return Optional.of(
        path.isEmpty() || path.equals("/")
            ? endpoint.substring(0, endpoint.length() - path.length()) + PATH
            : endpoint);
  }

  /** What requests to the collector have in their header. */
  static Map<String, String> headers(ServiceConfig config) {
    Map<String, String> headers = new LinkedHashMap<>();
    Password given = config.getPassword(HEADERS);
    if (given != null) {
      for (String header : split(given)) {
        int equals = header.indexOf('=');
        headers.put(header.substring(0, equals).strip(), header.substring(equals + 1).strip());
      }
    }
    return headers;
  }
}

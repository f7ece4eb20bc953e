package io.mailstream.webhook;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.runtime.http.BearerAuth;
import io.mailstream.runtime.tracing.TracingConfig;
import io.mailstream.schemas.UnsubscribeKeys;
import io.mailstream.webhook.provider.ses.SesSettings;
import io.mailstream.webhook.provider.ses.TopicArn;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigException;

/** The settings of the webhook ingester. */
public final class WebhookConfig extends ServiceConfig {

  /** How long a callback may wait for the brokers. */
  public static final String PUBLISH_TIMEOUT_MS = "publish.timeout.ms";

  /** The SNS topics that SES publishes to. */
  public static final String SES_TOPIC_ARNS = "ses.sns.topic.arns";

  /** How old an SNS message may be. */
  public static final String SES_REPLAY_WINDOW_MS = "ses.sns.replay.window.ms";

  /** A certificate that is trusted beside Amazon's, on loopback. */
  public static final String SES_TEST_CERTIFICATE = "ses.sns.test.certificate";

  /** Prefix of settings for the producer. */
  public static final String PRODUCER_PREFIX = "producer.";

  static final int DEFAULT_PORT = 8090;

  /** A thousand of Mandrill's events in a form. */
  static final long DEFAULT_MAX_BODY_BYTES = 4L * 1024 * 1024;

  private static final String LOCALHOST = "127.0.0.1";
  private static final String EXAMPLE_ARN = "arn:aws:sns:eu-west-1:123456789012:mail";

  /** Validates the values; throws {@code ConfigFaults} with every fault. */
  public WebhookConfig(Map<String, String> values) {
    super(definition(), values, passThroughPrefixes(), WebhookConfig::relations);
  }

  /** The settings, for the reference. */
  public static ConfigDef definition() {
    ConfigDef def = CommonConfig.add(new ConfigDef());
    def.configKeys().remove(CommonConfig.HTTP_PORT);
    def.configKeys().remove(CommonConfig.HTTP_MAX_BODY_BYTES);
    ProviderConfig.add(def);
    UnsubscribeKeys.define(def);
    TracingConfig.define(def);
    return def.define(
            CommonConfig.HTTP_PORT,
            ConfigDef.Type.INT,
            DEFAULT_PORT,
            Range.between(0, 65535),
            Importance.MEDIUM,
            "The port to listen on; 0 is any free one.")
        .define(
            CommonConfig.HTTP_MAX_BODY_BYTES,
            ConfigDef.Type.LONG,
            DEFAULT_MAX_BODY_BYTES,
            Range.between(1024, 8L * 1024 * 1024),
            Importance.LOW,
            "The largest body of a request, in bytes, as it comes and, if it is gzip, unpacked; a"
                + " larger one is answered with 413. Mandrill sends up to 1000 events at once.")
        .define(
            PUBLISH_TIMEOUT_MS,
            ConfigDef.Type.INT,
            9_000,
            Range.between(600, 14_000),
            Importance.MEDIUM,
            "How long a callback may wait for the brokers' acknowledgement, in milliseconds; then"
                + " it is answered with 503 and the ESP repeats it. SNS itself waits 15 seconds.")
        .define(
            SES_TOPIC_ARNS,
            ConfigDef.Type.LIST,
            "",
            ConfigDef.LambdaValidator.with(WebhookConfig::checkArns, () -> "ARNs of SNS topics"),
            Importance.HIGH,
            "The ARNs of the SNS topics that SES publishes to, separated by commas. Messages of"
                + " other topics are refused, and only subscriptions to these are confirmed."
                + " Without any, SES's callbacks are not taken.")
        .define(
            SES_REPLAY_WINDOW_MS,
            ConfigDef.Type.LONG,
            Duration.ofHours(24).toMillis(),
            Range.between(60_000, Duration.ofDays(30).toMillis()),
            Importance.LOW,
            "How old an SNS message may be, in milliseconds. SNS repeats a message for hours under"
                + " its first timestamp: a shorter window loses what waited for the brokers.")
        .define(
            SES_TEST_CERTIFICATE,
            ConfigDef.Type.STRING,
            null,
            Importance.LOW,
            "For simulators: the URL of a certificate that is trusted beside Amazon's. It and"
                + " http.host must be on loopback, or the service does not start.");
  }

  /** The prefixes that are passed through, with their locked keys and why. */
  public static Map<String, Map<String, String>> passThroughPrefixes() {
    Map<String, Map<String, String>> prefixes = new TreeMap<>(CommonConfig.passThrough());
    prefixes.put(
        PRODUCER_PREFIX,
        Map.of(
            "acks", "a callback is acknowledged only when all in-sync replicas have it",
            "enable.idempotence", "a repeat inside the producer must not become a second record",
            "max.block.ms", "it follows from publish.timeout.ms",
            "delivery.timeout.ms", "it follows from publish.timeout.ms",
            "request.timeout.ms", "it follows from publish.timeout.ms",
            "key.serializer", "keys are the recipients' addresses, as UTF-8",
            "value.serializer", "set avro.serializer.class",
            "partitioner.class", "every producer must find the same partition for a recipient",
            "transactional.id", "callbacks are independent of each other"));
    return prefixes;
  }

  /** How long a callback may wait for the brokers. */
  Duration publishTimeout() {
    return Duration.ofMillis(getInt(PUBLISH_TIMEOUT_MS));
  }

  /** How SES's callbacks are judged; empty: they are not taken. */
  Optional<SesSettings> ses() {
    List<TopicArn> topics =
        getList(SES_TOPIC_ARNS).stream().map(TopicArn::find).flatMap(Optional::stream).toList();
    return topics.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SesSettings(
                topics,
                Duration.ofMillis(getLong(SES_REPLAY_WINDOW_MS)),
                Optional.ofNullable(getString(SES_TEST_CERTIFICATE))
                    .filter(url -> !url.isBlank())
                    .map(URI::create)));
  }

  private static void checkArns(String name, Object value) {
    List<?> arns = value instanceof List<?> list ? list : List.of();
    for (Object arn : arns) {
      if (TopicArn.find(String.valueOf(arn)).isEmpty()) {
        throw new ConfigException(
            name,
            value,
            "'%s' is no ARN of a standard SNS topic, such as %s".formatted(arn, EXAMPLE_ARN));
      }
    }
  }

  private static List<String> relations(Map<String, String> values) {
    List<String> faults = new ArrayList<>(ProviderConfig.relations(values));
    faults.addAll(UnsubscribeKeys.faults(values));
    if (values.getOrDefault(SES_TOPIC_ARNS, "").isBlank()
        && !ProviderConfig.isAny(values)
        && values.getOrDefault(UnsubscribeKeys.KEYS, "").isBlank()) {
      faults.add(
          "no ESP is configured: set %s, the keys of another ESP, or %s"
              .formatted(SES_TOPIC_ARNS, UnsubscribeKeys.KEYS));
    }
    String certificate = values.getOrDefault(SES_TEST_CERTIFICATE, "");
    if (certificate.isBlank()) {
      return faults;
    }
    if (!isLoopbackUrl(certificate)) {
      faults.add(
          ("%s = '%s' is not allowed: it must be an http or https URL on loopback, such as"
                  + " http://127.0.0.1:8099/sns.pem")
              .formatted(SES_TEST_CERTIFICATE, certificate));
    }
    String host = values.getOrDefault(CommonConfig.HTTP_HOST, LOCALHOST);
    if (!BearerAuth.isLoopback(host)) {
      faults.add(
          ("%s = '%s' is not allowed together with %s: who trusts a test certificate must not be"
                  + " reachable from elsewhere. Remove %s, or listen on 127.0.0.1")
              .formatted(CommonConfig.HTTP_HOST, host, SES_TEST_CERTIFICATE, SES_TEST_CERTIFICATE));
    }
    return faults;
  }

  private static boolean isLoopbackUrl(String text) {
    try {
      URI url = new URI(text);
      return url.getHost() != null
          && url.getRawUserInfo() == null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && BearerAuth.isLoopback(url.getHost());
    } catch (URISyntaxException e) {
      return false;
    }
  }
}

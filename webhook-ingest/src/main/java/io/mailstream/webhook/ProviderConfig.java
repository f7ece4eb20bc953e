package io.mailstream.webhook;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.schemas.Topics;
import io.mailstream.webhook.provider.mailgun.MailgunSettings;
import io.mailstream.webhook.provider.mandrill.MandrillSettings;
import io.mailstream.webhook.provider.postmark.PostmarkSettings;
import io.mailstream.webhook.provider.sendgrid.SendGridSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.InvalidKeyException;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings of the ESPs that are not SES. An ESP without its keys is not there: its path answers
 * with 404.
 */
final class ProviderConfig {

  static final String SENDGRID_KEYS = "sendgrid.public.keys";
  static final String SENDGRID_WINDOW_MS = "sendgrid.replay.window.ms";
  static final String MAILGUN_KEYS = "mailgun.signing.keys";
  static final String MAILGUN_WINDOW_MS = "mailgun.replay.window.ms";
  static final String POSTMARK_CREDENTIALS = "postmark.basic.auth";
  static final String POSTMARK_HEADER = "postmark.secret.header";
  static final String POSTMARK_SECRETS = "postmark.secrets";
  static final String MANDRILL_URL = "mandrill.webhook.url";
  static final String MANDRILL_KEYS = "mandrill.webhook.keys";

  private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();

  private ProviderConfig() {}

  static ConfigDef add(ConfigDef def) {
    addSendGrid(def);
    addMailgun(def);
    addPostmark(def);
    addMandrill(def);
    return def;
  }

  private static void addSendGrid(ConfigDef def) {
    def.define(
            SENDGRID_KEYS,
            ConfigDef.Type.LIST,
            "",
            ConfigDef.LambdaValidator.with(
                ProviderConfig::checkKeys, () -> "public keys of P-256 in Base64"),
            Importance.HIGH,
            "The verification keys of SendGrid's signed Event Webhook, separated by commas, so that"
                + " one can be replaced by the next. Without any, SendGrid's callbacks are not"
                + " taken.")
        .define(
            SENDGRID_WINDOW_MS,
            ConfigDef.Type.LONG,
            Duration.ofHours(25).toMillis(),
            Range.between(MINUTE_MS, Duration.ofDays(30).toMillis()),
            Importance.LOW,
            "How old the signature of a callback of SendGrid's may be, in milliseconds. SendGrid"
                + " repeats for 24 hours.");
  }

  private static void addMailgun(ConfigDef def) {
    def.define(
            MAILGUN_KEYS,
            ConfigDef.Type.PASSWORD,
            null,
            Importance.HIGH,
            "Mailgun's HTTP webhook signing keys, separated by commas, so that one can be replaced"
                + " by the next. Without any, Mailgun's callbacks are not taken; with one, the"
                + " topic webhook-nonces is needed.")
        .define(
            MAILGUN_WINDOW_MS,
            ConfigDef.Type.LONG,
            Duration.ofHours(12).toMillis(),
            Range.between(MINUTE_MS, Topics.NONCE_RETENTION.minus(Duration.ofHours(1)).toMillis()),
            Importance.LOW,
            "How old the signature of a callback of Mailgun's may be, in milliseconds. Mailgun"
                + " repeats for 8 hours. Tokens are remembered for as long, in about 120 bytes"
                + " each.");
  }

  private static void addPostmark(ConfigDef def) {
    def.define(
            POSTMARK_CREDENTIALS,
            ConfigDef.Type.PASSWORD,
            null,
            Importance.HIGH,
            "user:password of the basic authentication in the URL of Postmark's webhooks; several"
                + " separated by commas. Without it and postmark.secrets, Postmark's callbacks are"
                + " not taken.")
        .define(
            POSTMARK_HEADER,
            ConfigDef.Type.STRING,
            "x-mailstream-secret",
            new ConfigDef.NonEmptyString(),
            Importance.LOW,
            "The HTTP header that Postmark is told to send a secret in.")
        .define(
            POSTMARK_SECRETS,
            ConfigDef.Type.PASSWORD,
            null,
            Importance.HIGH,
            "What may stand in postmark.secret.header; several separated by commas.");
  }

  private static void addMandrill(ConfigDef def) {
    def.define(
            MANDRILL_URL,
            ConfigDef.Type.STRING,
            null,
            Importance.HIGH,
            "The URL of Mandrill's webhook, to the letter as it is set at Mandrill: it is part of"
                + " what is signed.")
        .define(
            MANDRILL_KEYS,
            ConfigDef.Type.PASSWORD,
            null,
            Importance.HIGH,
            "The keys of Mandrill's webhook, separated by commas, so that one can be replaced by"
                + " the next. Without any, Mandrill's callbacks are not taken.");
  }

  static Optional<SendGridSettings> sendGrid(ServiceConfig config) {
    List<String> keys = config.getList(SENDGRID_KEYS);
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SendGridSettings(
                keys.stream().map(ProviderConfig::key).flatMap(Optional::stream).toList(),
                window(config, SENDGRID_WINDOW_MS)));
  }

  static Optional<MailgunSettings> mailgun(ServiceConfig config) {
    List<String> keys = CommonConfig.secrets(config, MAILGUN_KEYS);
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(new MailgunSettings(keys, window(config, MAILGUN_WINDOW_MS)));
  }

  static Optional<PostmarkSettings> postmark(ServiceConfig config) {
    List<String> credentials = CommonConfig.secrets(config, POSTMARK_CREDENTIALS);
    List<String> secrets = CommonConfig.secrets(config, POSTMARK_SECRETS);
    return credentials.isEmpty() && secrets.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PostmarkSettings(
                credentials, config.getString(POSTMARK_HEADER).toLowerCase(Locale.ROOT), secrets));
  }

  static Optional<MandrillSettings> mandrill(ServiceConfig config) {
    List<String> keys = CommonConfig.secrets(config, MANDRILL_KEYS);
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(new MandrillSettings(config.getString(MANDRILL_URL), keys));
  }

  /** Faults of settings that depend on each other. */
  static List<String> relations(Map<String, String> values) {
    List<String> faults = new ArrayList<>();
    boolean hasKeys = isSet(values, MANDRILL_KEYS);
    if (hasKeys != isSet(values, MANDRILL_URL)) {
      faults.add(
          "%s and %s go together: %s is missing"
              .formatted(MANDRILL_KEYS, MANDRILL_URL, hasKeys ? MANDRILL_URL : MANDRILL_KEYS));
    }
    if (isSet(values, MANDRILL_URL) && !isHttpUrl(values.get(MANDRILL_URL))) {
      faults.add(
          "%s = '%s' is not allowed: it must be an http or https URL, such as"
                  .formatted(MANDRILL_URL, values.get(MANDRILL_URL))
              + " https://hooks.example.com/webhooks/mandrill");
    }
    boolean arePairs =
        Arrays.stream(values.getOrDefault(POSTMARK_CREDENTIALS, "").split(","))
            .map(String::strip)
            .allMatch(pair -> pair.isEmpty() || pair.indexOf(':') > 0);
    if (!arePairs) {
      faults.add(
          "%s has a value that is not allowed (not shown: it is a secret): give user:password"
              .formatted(POSTMARK_CREDENTIALS));
    }
    return faults;
  }

  /** Whether one of these ESPs is configured. */
  static boolean isAny(Map<String, String> values) {
    return isSet(values, SENDGRID_KEYS)
        || isSet(values, MAILGUN_KEYS)
        || isSet(values, POSTMARK_CREDENTIALS)
        || isSet(values, POSTMARK_SECRETS)
        || isSet(values, MANDRILL_KEYS);
  }

  private static boolean isSet(Map<String, String> values, String key) {
    return !values.getOrDefault(key, "").isBlank();
  }

  private static Duration window(ServiceConfig config, String key) {
    return Duration.ofMillis(config.getLong(key));
  }

  private static void checkKeys(String name, Object value) {
    List<?> keys = value instanceof List<?> list ? list : List.of();
    for (Object one : keys) {
      if (key(String.valueOf(one)).isEmpty()) {
        throw new ConfigException(
            name,
            value,
            "'%s' is no public key of P-256 in Base64, as SendGrid shows it".formatted(one));
      }
    }
  }

  private static Optional<ECPublicKey> key(String base64) {
    try {
      return Optional.of(SendGridSettings.key(base64));
    } catch (InvalidKeyException e) {
      return Optional.empty();
    }
  }

  private static boolean isHttpUrl(String text) {
    try {
      URI url = new URI(text);
      return url.getHost() != null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}

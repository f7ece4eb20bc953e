package io.mailstream.sender;

import io.mailstream.policy.Policies;
import io.mailstream.policy.Tenant;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.runtime.http.BearerAuth;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.UnsubscribeKeys;
import io.mailstream.schemas.UnsubscribeTokens;
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
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * Where recipients end subscriptions, below {@code unsubscribe.}; whoever runs the sender adds them
 * to its own.
 *
 * @param url what a token is put behind, without a slash at its end
 * @param mailto the address that takes unsubscribes by mail; empty: none
 * @param validity how long a link works, from when the request was accepted
 * @param tokens makes them
 */
public record UnsubscribeSettings(
    String url, Optional<String> mailto, Duration validity, UnsubscribeTokens tokens) {

  static final String URL = "unsubscribe.url";
  static final String MAILTO = "unsubscribe.mailto";
  static final String VALIDITY_MS = "unsubscribe.expires.after.ms";

  /** With the longest token there is, a header line stays below RFC 5322's 998 characters. */
  private static final int MAX_LENGTH = 100;

  /** Adds the settings to those of the service that runs the sender. */
  public static ConfigDef define(ConfigDef def) {
    return UnsubscribeKeys.define(def)
        .define(
            URL,
            Type.STRING,
            null,
            Importance.HIGH,
            "Where the webhook ingester's /unsubscribe can be reached by the recipients of mail:"
                + " https, up to 100 characters, such as https://mail.example.com/unsubscribe."
                + " Needed, together with unsubscribe.keys, where the policies have a stream with"
                + " subscription: true.")
        .define(
            MAILTO,
            Type.STRING,
            null,
            Importance.LOW,
            "An address that takes unsubscribes by mail, for the few mail programs that know no"
                + " other way; the token is in the subject, and somebody must act on it. Empty:"
                + " none is offered.")
        .define(
            VALIDITY_MS,
            Type.LONG,
            Duration.ofDays(400).toMillis(),
            Range.between(Duration.ofDays(30).toMillis(), Duration.ofDays(3650).toMillis()),
            Importance.LOW,
            "How long an unsubscribe link works, in milliseconds, from when the request was"
                + " accepted.");
  }

  /** Faults of the settings, and of those that need each other. */
  public static List<String> faults(Map<String, String> values) {
    List<String> faults = new ArrayList<>(UnsubscribeKeys.faults(values));
    String url = values.getOrDefault(URL, "");
    if (!url.isBlank() && !isUrl(url)) {
      faults.add(
          ("%s = '%s' is not allowed: give an https URL of up to 100 characters, without query and"
                  + " fragment, such as https://mail.example.com/unsubscribe")
              .formatted(URL, url));
    }
    if (url.isBlank() == values.getOrDefault(UnsubscribeKeys.KEYS, "").isBlank()) {
      String mailto = values.getOrDefault(MAILTO, "");
      if (!mailto.isBlank() && !isAddress(mailto)) {
        faults.add(
            "%s is not allowed: give an address in ASCII of up to 100 characters"
                .formatted(MAILTO));
      }
    } else if (!url.isBlank()) {
      faults.add("%s is set without %s: set both".formatted(URL, UnsubscribeKeys.KEYS));
    }
    return faults;
  }

  /**
   * The settings.
   *
   * @param policies says whether they are needed
   * @return empty: there are no links
   * @throws IllegalArgumentException if a stream is a subscription and there are none
   */
  static Optional<UnsubscribeSettings> of(ServiceConfig config, Policies policies) {
    Optional<String> url =
        Optional.ofNullable(config.getString(URL)).filter(text -> !text.isBlank());
    Optional<UnsubscribeTokens> tokens = UnsubscribeKeys.tokens(config);
    List<String> subscriptions = subscriptions(policies);
    if (url.isEmpty() || tokens.isEmpty()) {
      if (subscriptions.isEmpty()) {
        return Optional.empty();
      }
      throw new IllegalArgumentException(
          "%s in the policies: set %s and %s, or take subscription: true away"
              .formatted(String.join(", ", subscriptions), URL, UnsubscribeKeys.KEYS));
    }
    return Optional.of(
        new UnsubscribeSettings(
            url.get().replaceFirst("/+$", ""),
            Optional.ofNullable(config.getString(MAILTO)).filter(text -> !text.isBlank()),
            Duration.ofMillis(config.getLong(VALIDITY_MS)),
            tokens.get()));
  }

  private static List<String> subscriptions(Policies policies) {
    Map<String, Tenant> tenants = new TreeMap<>();
    policies.tenants().forEach((name, tenant) -> tenants.put("tenants." + name, tenant));
    policies.defaultTenant().ifPresent(tenant -> tenants.put("default_tenant", tenant));
    List<String> found = new ArrayList<>();
    tenants.forEach((path, tenant) -> {
      tenant
          .streams()
          .forEach((name, stream) -> {
            if (stream.isSubscription()) {
              found.add(path + ".streams." + name + " is a subscription");
            }
          });
      if (tenant.otherStreams().filter(stream -> stream.isSubscription()).isPresent()) {
        found.add(path + ".other_streams are subscriptions");
      }
    });
    return found;
  }

  /** RFC 8058 wants https; plain http is for trials on one machine. */
  private static boolean isUrl(String text) {
    try {
      URI url = new URI(text);
      boolean isSafe =
          "https".equals(url.getScheme())
              || ("http".equals(url.getScheme())
                  && url.getHost() != null
                  && BearerAuth.isLoopback(url.getHost()));
      return isSafe
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null
          && isShortAscii(text);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isAddress(String text) {
    return isShortAscii(text)
        && text.matches("[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
        && RecipientKey.find(text).isPresent();
  }

  private static boolean isShortAscii(String text) {
    return text.length() <= MAX_LENGTH && text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }
}

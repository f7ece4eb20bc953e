package io.mailstream.schemas;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.types.Password;

/** The keys of unsubscribe links, which the sender and the webhook ingester share. */
public final class UnsubscribeKeys {

  /** The setting. */
  public static final String KEYS = "unsubscribe.keys";

  private UnsubscribeKeys() {}

  /** Adds the setting to a service's own. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
        KEYS,
        Type.PASSWORD,
        null,
        Importance.HIGH,
        "The keys of unsubscribe links, the same for the sender, which makes them, and the webhook"
            + " ingester, which takes them: one or more of ID:KEY, separated by commas, an id from"
            + " 0 to 255 and 32 random bytes in Base64 (openssl rand -base64 32). The first makes"
            + " links, all are taken. Without any, there are no unsubscribe links.");
  }

  /** What makes and opens tokens; empty: no key is set. */
  public static Optional<UnsubscribeTokens> tokens(AbstractConfig config) {
    return Optional.ofNullable(config.getPassword(KEYS))
        .map(Password::value)
        .filter(keys -> !keys.isBlank())
        .map(UnsubscribeTokens::of);
  }

  /** The fault of the setting, if it has one; shows no key. */
  public static List<String> faults(Map<String, String> values) {
    String keys = values.getOrDefault(KEYS, "");
    if (keys.isBlank()) {
      return List.of();
    }
    try {
      UnsubscribeTokens.of(keys);
      return List.of();
    } catch (IllegalArgumentException e) {
      return List.of(
          "%s has a value that is not allowed (not shown: it is a secret): %s"
              .formatted(KEYS, e.getMessage()));
    }
  }
}

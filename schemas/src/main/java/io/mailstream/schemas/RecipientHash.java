package io.mailstream.schemas;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.types.Password;

/**
 * What stands for an address in the suppression list: the address itself, or with a key {@code
 * hmac:ID:HASH}, where the hash is HMAC-SHA-256 (RFC 2104) over the canonical address in UTF-8, in
 * Base64url without padding. Never the partition: that is always the clear address's.
 *
 * <p>With several keys the first writes and all are looked for, and so is the clear address, so
 * that a key can be replaced, and hashing begun, without losing what was written before. Safe for
 * use by several threads.
 */
public final class RecipientHash {

  /** The setting. */
  public static final String KEYS = "suppression.hash.keys";

  /** No key: the address stands for itself. */
  public static final RecipientHash NONE = new RecipientHash(List.of(), true);

  private static final String CLEAR = "clear";
  private static final String PREFIX = "hmac:";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MIN_KEY_BYTES = 32;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{1,16}");

  private final List<Key> keys;
  private final boolean clearFirst;

  private RecipientHash(List<Key> keys, boolean clearFirst) {
    this.keys = keys;
    this.clearFirst = clearFirst;
  }

  private static final class Key {
    private final String id;
    private final Mac mac;

    Key(String id, byte[] secret) {
      this.id = id;
      try {
        mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(secret, ALGORITHM));
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new IllegalStateException("every Java platform has HmacSHA256", e);
      }
    }

    String hash(String canonical) {
      try {
        // A Mac is not for several threads; its copy costs less than a new one.
        byte[] hash = ((Mac) mac.clone()).doFinal(canonical.getBytes(StandardCharsets.UTF_8));
        return PREFIX + id + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("the JDK's own HmacSHA256 can be copied", e);
      }
    }
  }

  /**
   * By keys as they are configured: {@code ID:KEY}, separated by commas; an id of letters and
   * digits, at least 32 random bytes in Base64. {@code clear} before them: hashes are looked for,
   * and clear addresses written. Blank: {@link #NONE}.
   *
   * @throws IllegalArgumentException if they are not as they must be; shows no key
   */
  public static RecipientHash of(String configured) {
    List<Key> keys = new ArrayList<>();
    boolean clearFirst = false;
    for (String entry : configured.split(",", -1)) {
      if (entry.isBlank()) {
        continue;
      }
      if (entry.strip().equals(CLEAR) && keys.isEmpty()) {
        clearFirst = true;
        continue;
      }
      String[] parts = entry.strip().split(":", 2);
      if (parts.length != 2 || !ID.matcher(parts[0]).matches()) {
        throw new IllegalArgumentException(
            "key "
                + (keys.size() + 1)
                + " is not ID:KEY with an id of up to 16 letters and digits");
      }
      if (keys.stream().anyMatch(key -> key.id.equals(parts[0]))) {
        throw new IllegalArgumentException("the id " + parts[0] + " is there twice");
      }
      byte[] secret;
      try {
        secret = Base64.getDecoder().decode(parts[1]);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("the key of id " + parts[0] + " is no Base64");
      }
      if (secret.length < MIN_KEY_BYTES) {
        throw new IllegalArgumentException(
            "the key of id " + parts[0] + " is shorter than 32 bytes: openssl rand -base64 32");
      }
      keys.add(new Key(parts[0], secret));
    }
    return keys.isEmpty() ? NONE : new RecipientHash(List.copyOf(keys), clearFirst);
  }

  /** By a service's configuration. */
  public static RecipientHash of(AbstractConfig config) {
    return of(Optional.ofNullable(config.getPassword(KEYS)).map(Password::value).orElse(""));
  }

  /** Adds the setting to a service's own. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
        KEYS,
        Type.PASSWORD,
        null,
        Importance.MEDIUM,
        "Keys by which addresses are hashed in the suppression list, the same for topology and"
            + " sender: one or more of ID:KEY, separated by commas, an id of letters and digits and"
            + " 32 random bytes in Base64 (openssl rand -base64 32). The first writes, all are"
            + " looked for: keep a key as long as there are entries of it. With the word clear"
            + " before them, or without any, clear addresses are written.");
  }

  /** The fault of the setting, if it has one; shows no key. */
  public static List<String> faults(Map<String, String> values) {
    try {
      of(values.getOrDefault(KEYS, ""));
      return List.of();
    } catch (IllegalArgumentException e) {
      return List.of(
          KEYS + " has a value that is not allowed (not shown: it is a secret): " + e.getMessage());
    }
  }

  /** Whether addresses may stand hashed. */
  public boolean isOn() {
    return !keys.isEmpty();
  }

  /** What stands for a canonical address from now on. */
  public String current(String canonical) {
    return clearFirst ? canonical : keys.get(0).hash(canonical);
  }

  /** Whether what is written now is a hash. */
  public boolean writesHashes() {
    return !clearFirst;
  }

  /** All that may stand for a canonical address, what is written now first. */
  public List<String> candidates(String canonical) {
    List<String> all = new ArrayList<>(keys.size() + 1);
    if (clearFirst) {
      all.add(canonical);
    }
    keys.forEach(key -> all.add(key.hash(canonical)));
    if (!clearFirst) {
      all.add(canonical);
    }
    return all;
  }
}

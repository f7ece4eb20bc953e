package io.mailstream.sender.content;

import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.sender.content.s3.S3Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * The settings for content that requests refer to, below {@code sender.content.}; where it may lie
 * is in the policies.
 *
 * @param timeout how long a fetch may take in all
 * @param memoryBytes the most bytes of referenced content of all calls under way
 * @param cacheBytes the most bytes of referenced content that is kept
 * @param s3 where S3 is; empty: nowhere
 */
public record ContentConfig(
    Duration timeout, long memoryBytes, long cacheBytes, Optional<S3Settings> s3) {

  static final String TIMEOUT = "sender.content.timeout.ms";
  static final String MEMORY = "sender.content.memory.bytes";
  static final String CACHE = "sender.content.cache.bytes";

  /** The AWS region of the buckets. */
  public static final String REGION = "sender.content.s3.region";

  static final String ENDPOINT = "sender.content.s3.endpoint";
  static final String ACCESS_KEY = "sender.content.s3.access.key.id";
  static final String SECRET_KEY = "sender.content.s3.secret.access.key";

  private static final long MEBIBYTE = 1024L * 1024;

  /** Adds the settings to those of the sender. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            TIMEOUT,
            Type.LONG,
            10_000,
            Range.between(100, 60_000),
            Importance.LOW,
            "How long the fetch of content that a request refers to may take in all, in"
                + " milliseconds; then the mail is retried.")
        .define(
            MEMORY,
            Type.LONG,
            128 * MEBIBYTE,
            Range.between(MEBIBYTE, 64 * 1024 * MEBIBYTE),
            Importance.LOW,
            "The most bytes of referenced content that the calls under way may have together, as"
                + " the requests give its size. Mail beyond it waits, and smaller mail overtakes"
                + " it. A message takes about three times its content while it is sent.")
        .define(
            CACHE,
            Type.LONG,
            64 * MEBIBYTE,
            Range.between(0, 64 * 1024 * MEBIBYTE),
            Importance.LOW,
            "The most bytes of referenced content that are kept for the next mails that refer to"
                + " it.")
        .define(
            REGION,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "The AWS region of the buckets that the policies allow references to. Required where"
                + " they allow any.")
        .define(
            ENDPOINT,
            Type.STRING,
            "",
            Importance.LOW,
            "Another service that speaks S3, as https://host[:port]; buckets are in its path."
                + " Empty: AWS's own.")
        .define(
            ACCESS_KEY,
            Type.STRING,
            "",
            Importance.LOW,
            "The access key for S3. Empty: AWS's default chain, such as a service account's role.")
        .define(
            SECRET_KEY, Type.PASSWORD, "", Importance.LOW, "The secret of the access key for S3.");
  }

  /** The part of a service's configuration. */
  public static ContentConfig of(ServiceConfig config) {
    return new ContentConfig(
        Duration.ofMillis(config.getLong(TIMEOUT)),
        config.getLong(MEMORY),
        config.getLong(CACHE),
        text(config, REGION)
            .map(region ->
                new S3Settings(
                    region,
                    text(config, ENDPOINT).map(URI::create),
                    text(config, ACCESS_KEY)
                        .map(id ->
                            new S3Settings.Keys(id, config.getPassword(SECRET_KEY).value())))));
  }

  private static Optional<String> text(ServiceConfig config, String key) {
    return Optional.of(config.getString(key).strip()).filter(value -> !value.isEmpty());
  }
}

package io.mailstream.schemas;

import io.mailstream.v1.Lane;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topics of one installation: their names under its prefix, and the settings each is created
 * with. Everything that creates, reads or describes a topic takes it from here.
 *
 * <p>All topics that concern a recipient have the same partition count and are keyed by {@link
 * RecipientKey} (UTF-8), save the way in, whose records may carry any key. The others are the dead
 * letters, which keep the key they came with, the accounts, and what concerns whole streams. {@link
 * #webhookNonces} is needed only where Mailgun's callbacks are taken, and stands by itself.
 */
public final class Topics {

  /** The prefix of every name unless configured otherwise. */
  public static final String DEFAULT_PREFIX = "mail.";

  /** Largest record in bytes on a topic that requests come in by: a whole mail. */
  public static final int MAX_MAIL_BYTES = 10 * 1024 * 1024;

  /**
   * Largest record in bytes on a topic that carries a whole mail and what the pipeline wrote beside
   * it, such as the reason of a dead letter. What writes there allows requests of this size.
   */
  public static final int MAX_INTERNAL_BYTES = MAX_MAIL_BYTES + 256 * 1024;

  /** Largest record in bytes on a topic that carries no message body. */
  public static final int MAX_EVENT_BYTES = 1024 * 1024;

  /** How long {@link #webhookNonces} are kept: a little longer than any signature is taken. */
  public static final Duration NONCE_RETENTION = Duration.ofHours(25);

  private static final Pattern LEGAL_PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,100}");

  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration LONG = Duration.ofDays(90);
  private static final Duration UNLIMITED = Duration.ofMillis(-1);

  private final String prefix;

  /**
   * Topics under a prefix.
   *
   * @param prefix put before each name, such as {@code mail.}; legal characters of a Kafka topic
   *     name, at most 100
   * @throws IllegalArgumentException if the prefix has another character or is too long
   */
  public Topics(String prefix) {
    if (!LEGAL_PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "topic prefix '%s': use up to 100 letters, digits, '.', '_' and '-'".formatted(prefix));
    }
    this.prefix = prefix;
  }

  /** Topics under the default prefix. */
  public static Topics withDefaultPrefix() {
    return new Topics(DEFAULT_PREFIX);
  }

  /** The prefix of every name. */
  public String prefix() {
    return prefix;
  }

  /** {@code SendRequest}: the public way in. */
  public String requests(Lane lane) {
    return prefix + "requests." + suffix(lane);
  }

  /** {@code Delivery}: checked, ready to be sent. */
  public String dispatch(Lane lane) {
    return prefix + "dispatch." + suffix(lane);
  }

  /** {@code Deferral}: from the sender back to the topology. */
  public String deferrals() {
    return prefix + "deferrals";
  }

  /** {@code SendResult}: the public way out. */
  public String results() {
    return prefix + "results";
  }

  /** {@code FeedbackEvent} that bears on delivery. */
  public String feedback() {
    return prefix + "feedback";
  }

  /** {@code FeedbackEvent} of opens and clicks. */
  public String engagement() {
    return prefix + "engagement";
  }

  /** {@code SuppressionCommand}: manual changes and unsubscribes. */
  public String suppressionCommands() {
    return prefix + "suppression-commands";
  }

  /** {@code SuppressionCommand} in bulk; ranks below bulk mail. */
  public String suppressionImports() {
    return prefix + "suppression-imports";
  }

  /** {@code Cancellation}: mail that is taken back. */
  public String cancellations() {
    return prefix + "cancellations";
  }

  /** {@code Suppression}: the public change log of the suppression list. */
  public String suppressions() {
    return prefix + "suppressions";
  }

  /**
   * {@code AccountState}: what the senders know of the accounts with the ESPs, keyed by account and
   * instance.
   */
  public String accounts() {
    return prefix + "accounts";
  }

  /**
   * {@code StreamActivity}: what the topology counts of the tenants' streams and which of them it
   * holds, keyed by tenant, stream and partition.
   */
  public String streamActivity() {
    return prefix + "stream-activity";
  }

  /** {@code StreamCommand}: streams paused and resumed by hand, keyed by tenant and stream. */
  public String streamCommands() {
    return prefix + "stream-commands";
  }

  /** Records that could not be read, as they came, with the reason in their headers. */
  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /**
   * What signatures that do not cover a callback's body were used for, so that each is used once.
   * Not among {@link #all}: needed only where Mailgun's callbacks are taken. One partition is
   * enough; keys and values are the webhook ingester's own.
   */
  public TopicSpec webhookNonces() {
    Map<String, String> config =
        new TreeMap<>(
            deleted(prefix + "webhook-nonces", NONCE_RETENTION, MAX_EVENT_BYTES).config());
    // Only closed segments are deleted.
    config.put(TopicConfig.SEGMENT_MS_CONFIG, String.valueOf(Duration.ofHours(1).toMillis()));
    return new TopicSpec(prefix + "webhook-nonces", Collections.unmodifiableMap(config));
  }

  /** All topics that every installation has, with the settings that each is created with. */
  public List<TopicSpec> all() {
    return List.of(
        wayIn(requests(Lane.TRANSACTIONAL), MAX_MAIL_BYTES),
        wayIn(requests(Lane.BULK), MAX_MAIL_BYTES),
        deleted(dispatch(Lane.TRANSACTIONAL), UNLIMITED, MAX_INTERNAL_BYTES),
        deleted(dispatch(Lane.BULK), UNLIMITED, MAX_INTERNAL_BYTES),
        deleted(deferrals(), WEEK, MAX_INTERNAL_BYTES),
        deleted(results(), LONG, MAX_EVENT_BYTES),
        deleted(feedback(), LONG, MAX_EVENT_BYTES),
        deleted(engagement(), LONG, MAX_EVENT_BYTES),
        wayIn(cancellations(), MAX_EVENT_BYTES),
        wayIn(suppressionCommands(), MAX_EVENT_BYTES),
        wayIn(suppressionImports(), MAX_EVENT_BYTES),
        compacted(suppressions()),
        compacted(accounts()),
        compacted(streamActivity()),
        compacted(streamCommands()),
        deleted(deadLetters(), LONG, MAX_INTERNAL_BYTES));
  }

  /** The names of the topics that must have the same partition count: what concerns recipients. */
  public List<String> copartitioned() {
    Set<String> others = Set.of(accounts(), streamActivity(), streamCommands(), deadLetters());
    return all().stream().map(TopicSpec::name).filter(name -> !others.contains(name)).toList();
  }

  /**
   * A topic that others write. Its records get the broker's time: one with an old timestamp of its
   * producer's would fall to retention before it is read.
   */
  private static TopicSpec wayIn(String name, int maxMessageBytes) {
    Map<String, String> config = new TreeMap<>(deleted(name, WEEK, maxMessageBytes).config());
    config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    return new TopicSpec(name, Collections.unmodifiableMap(config));
  }

  private static TopicSpec compacted(String name) {
    return new TopicSpec(
        name,
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            String.valueOf(MAX_EVENT_BYTES)));
  }

  private static TopicSpec deleted(String name, Duration retention, int maxMessageBytes) {
    return new TopicSpec(
        name,
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            String.valueOf(retention.toMillis()),
            // A cluster-wide bound on bytes must not take what nobody has read yet.
            TopicConfig.RETENTION_BYTES_CONFIG,
            "-1",
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            String.valueOf(maxMessageBytes)));
  }

  private static String suffix(Lane lane) {
    return switch (lane) {
      case TRANSACTIONAL -> "transactional";
      case BULK -> "bulk";
    };
  }

  /**
   * One topic.
   *
   * @param name its name, with the prefix
   * @param config its topic settings, by Kafka's own names
   */
  public record TopicSpec(String name, Map<String, String> config) {}
}

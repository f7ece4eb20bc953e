package io.mailstream.sender;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.sender.content.ContentConfig;
import io.mailstream.sender.recipient.RecipientCheckConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/**
 * The settings of the sender, below {@code sender.}; whoever runs it adds them to its own.
 *
 * @param groupId the consumer group
 * @param instanceId tells this instance from the others of the group, the same after a restart
 * @param openSends the most sends that are started and not recorded as finished
 * @param window the most offsets of a partition from the first unfinished to the last started
 * @param gateMaxAge how old the view of the suppressions may be when a call starts
 * @param gateMargin how far before the oldest unfinished dispatch the suppressions are read
 * @param startMaxDelay how long after its commit a call may start without another commit
 * @param handoverTimeout how long calls in flight are waited for before partitions are let go
 * @param commitInterval the least time between two commits
 * @param purgeInterval the time between two deletions of what is finished
 * @param transactionTimeout after which the brokers abort a transaction of a sender that is gone
 * @param bufferBytes the most bytes of polled records that wait to be started
 * @param slow when an account's breaker opens for slow calls
 * @param content how content is had that deliveries refer to
 * @param recipients how recipients are checked before the call
 * @param credentialsInterval the time between two looks at the accounts' credentials; zero: none
 * @param missingOffsets what to do where committed offsets are missing
 * @param hash what stands for addresses in the suppression list
 * @param clients what every Kafka client is given
 * @param consumer what only the consumer of the dispatch topics is given
 * @param producer what only the producer is given
 */
public record SenderConfig(
    String groupId,
    String instanceId,
    int openSends,
    int window,
    Duration gateMaxAge,
    Duration gateMargin,
    Duration startMaxDelay,
    Duration handoverTimeout,
    Duration commitInterval,
    Duration purgeInterval,
    Duration transactionTimeout,
    long bufferBytes,
    AccountBreaker.Slow slow,
    ContentConfig content,
    RecipientCheckConfig recipients,
    Duration credentialsInterval,
    MissingOffsets missingOffsets,
    RecipientHash hash,
    Map<String, Object> clients,
    Map<String, Object> consumer,
    Map<String, Object> producer) {

  /** What to do where the committed offsets of dispatch partitions are missing. */
  public enum MissingOffsets {
    /** Begin where nothing was ever deleted and no partition has an offset; else stop. */
    STOP,
    /** Take everything that is kept as started: each is handed back as uncertain. */
    UNCERTAIN,
    /** Take everything that is kept as never started: each is sent. */
    SEND
  }

  /** Prefix of settings for the consumer of the dispatch topics. */
  public static final String CONSUMER_PREFIX = "sender.consumer.";

  /** Prefix of settings for the producer. */
  public static final String PRODUCER_PREFIX = "sender.producer.";

  /** Prefix of the accounts' credentials: {@code accounts.<name>.access.key.id} and so on. */
  public static final String ACCOUNTS_PREFIX = "accounts.";

  static final String GROUP_ID = "sender.group.id";
  static final String INSTANCE_ID = "sender.instance.id";
  static final String OPEN_SENDS = "sender.open.sends";
  static final String WINDOW = "sender.window";
  static final String GATE_MAX_AGE = "sender.gate.max.age.ms";
  static final String GATE_MARGIN = "sender.gate.margin.ms";
  static final String START_MAX_DELAY = "sender.start.max.delay.ms";
  static final String HANDOVER_TIMEOUT = "sender.handover.timeout.ms";
  static final String COMMIT_INTERVAL = "sender.commit.interval.ms";
  static final String PURGE_INTERVAL = "sender.purge.interval.ms";
  static final String TRANSACTION_TIMEOUT = "sender.transaction.timeout.ms";
  static final String BUFFER_BYTES = "sender.buffer.bytes";
  static final String SLOW_CALL = "sender.breaker.slow.call.ms";
  static final String SLOW_CALL_PERCENT = "sender.breaker.slow.call.percent";
  static final String CREDENTIALS_INTERVAL = "sender.credentials.interval.ms";
  static final String MISSING_OFFSETS = "sender.offsets.missing";

  private static final long MEBIBYTE = 1024L * 1024;

  /** Adds the sender's settings to those of the service that runs it. */
  public static ConfigDef define(ConfigDef def) {
    ConfigDef parts = RecipientCheckConfig.define(ContentConfig.define(RecipientHash.define(def)));
    return defineTimes(defineBreaker(defineBounds(parts)))
        .define(
            GROUP_ID,
            Type.STRING,
            "mailstream-sender",
            new NonEmptyString(),
            Importance.MEDIUM,
            "The consumer group of all senders of an installation.")
        .define(
            INSTANCE_ID,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "Tells this sender from the others of its group and stays the same over restarts; no"
                + " two may share one. Empty: the host's name.")
        .define(
            MISSING_OFFSETS,
            Type.STRING,
            "stop",
            ValidString.in("stop", "uncertain", "send"),
            Importance.HIGH,
            "What to do where committed offsets of the dispatch topics are missing. stop: begin"
                + " where no sender has ever been, else stop with an error. uncertain: what is kept"
                + " may have been sent, hand it back to be settled. send: it was certainly never"
                + " sent, send it. Set it back to stop afterwards.");
  }

  private static ConfigDef defineBounds(ConfigDef def) {
    return def.define(
            OPEN_SENDS,
            Type.INT,
            250,
            Range.between(1, 4096),
            Importance.HIGH,
            "The most sends that are started and not recorded as finished: the most that a crash"
                + " can leave uncertain. Two thirds of them are calls at once, the rest is started"
                + " ahead, so that a free slot need not wait for a commit. Bulk mail uses at most"
                + " 80 %.")
        .define(
            WINDOW,
            Type.INT,
            8192,
            Range.between(1, StartedOffsets.MAX_WINDOW),
            Importance.LOW,
            "The most offsets of a partition from its first unfinished send to the last started;"
                + " bounded so that the metadata of the committed offset can hold it.")
        .define(
            BUFFER_BYTES,
            Type.LONG,
            64 * MEBIBYTE,
            Range.between(MEBIBYTE, 4096 * MEBIBYTE),
            Importance.LOW,
            "The most bytes of polled mails that wait to be started.");
  }

  private static ConfigDef defineBreaker(ConfigDef def) {
    return def.define(
            SLOW_CALL,
            Type.LONG,
            10_000,
            Range.between(0, 300_000),
            Importance.MEDIUM,
            "From how long on a call counts as slow, in milliseconds; below the account's"
                + " call_timeout. 0: none does.")
        .define(
            SLOW_CALL_PERCENT,
            Type.INT,
            80,
            Range.between(1, 100),
            Importance.LOW,
            "When so many of an account's last 50 calls were slow, of at least 20, its calls are"
                + " suspended for a while, as when most fail.");
  }

  private static ConfigDef defineTimes(ConfigDef def) {
    return def.define(
            GATE_MAX_AGE,
            Type.LONG,
            2_000,
            Range.between(100, 60_000),
            Importance.MEDIUM,
            "How old the sender's view of the suppression list may be when a call starts, in"
                + " milliseconds. While it is older, calls wait.")
        .define(
            GATE_MARGIN,
            Type.LONG,
            300_000,
            Range.between(1_000, 86_400_000),
            Importance.LOW,
            "How far before the oldest unfinished dispatch the suppression list is read, in"
                + " milliseconds: more than the clocks of the topology's instances differ.")
        .define(
            START_MAX_DELAY,
            Type.LONG,
            5_000,
            Range.between(100, 30_000),
            Importance.LOW,
            "How long after its commit a call may start, in milliseconds; later it is committed"
                + " again first. Well under the group's session timeout.")
        .define(
            HANDOVER_TIMEOUT,
            Type.LONG,
            6_000,
            Range.between(0, 60_000),
            Importance.MEDIUM,
            "How long calls in flight are waited for when partitions are given up or the sender"
                + " stops, in milliseconds. What is not back by then is uncertain.")
        .define(
            COMMIT_INTERVAL,
            Type.LONG,
            5,
            Range.between(0, 1_000),
            Importance.LOW,
            "The least time between two commits, in milliseconds.")
        .define(
            PURGE_INTERVAL,
            Type.LONG,
            30_000,
            Range.between(100, 3_600_000),
            Importance.LOW,
            "The time between two deletions of finished records from the dispatch topics, in"
                + " milliseconds.")
        .define(
            CREDENTIALS_INTERVAL,
            Type.LONG,
            30_000,
            Range.between(0, 3_600_000),
            Importance.MEDIUM,
            "The time between two looks at the files that hold the accounts' credentials, in"
                + " milliseconds: those that have changed are used from then on. 0: they are read"
                + " at the start only.")
        .define(
            TRANSACTION_TIMEOUT,
            Type.INT,
            15_000,
            Range.between(1_000, 60_000),
            Importance.LOW,
            "After how long the brokers abort the transaction of a sender that is gone, in"
                + " milliseconds: its successor may wait that long.");
  }

  /** The pass-through prefixes of the sender, with their locked keys. */
  public static Map<String, Map<String, String>> passThrough() {
    String own = "the sender's promises rest on it";
    return Map.of(
        CONSUMER_PREFIX,
        Map.ofEntries(
            Map.entry("group.id", "use " + GROUP_ID),
            Map.entry("group.protocol", own),
            Map.entry("isolation.level", own),
            Map.entry("auto.offset.reset", own),
            Map.entry("enable.auto.commit", own),
            Map.entry("key.deserializer", own),
            Map.entry("value.deserializer", own)),
        PRODUCER_PREFIX,
        Map.ofEntries(
            Map.entry("transactional.id", "use " + INSTANCE_ID),
            Map.entry("transaction.timeout.ms", "use " + TRANSACTION_TIMEOUT),
            Map.entry("enable.idempotence", own),
            Map.entry("acks", own),
            Map.entry("retries", own),
            Map.entry("partitioner.class", own),
            Map.entry("key.serializer", own),
            Map.entry("value.serializer", own)),
        ACCOUNTS_PREFIX,
        Map.of(),
        RecipientCheckConfig.CUSTOM_PREFIX,
        Map.of());
  }

  /** The sender's part of a service's configuration. */
  public static SenderConfig of(ServiceConfig config) {
    String instance = config.getString(INSTANCE_ID);
    return new SenderConfig(
        config.getString(GROUP_ID),
        instance.isEmpty() ? hostName() : instance,
        config.getInt(OPEN_SENDS),
        config.getInt(WINDOW),
        millis(config, GATE_MAX_AGE),
        millis(config, GATE_MARGIN),
        millis(config, START_MAX_DELAY),
        millis(config, HANDOVER_TIMEOUT),
        millis(config, COMMIT_INTERVAL),
        millis(config, PURGE_INTERVAL),
        Duration.ofMillis(config.getInt(TRANSACTION_TIMEOUT)),
        config.getLong(BUFFER_BYTES),
        new AccountBreaker.Slow(millis(config, SLOW_CALL), config.getInt(SLOW_CALL_PERCENT)),
        ContentConfig.of(config),
        RecipientCheckConfig.of(config),
        millis(config, CREDENTIALS_INTERVAL),
        missingOffsets(config.getString(MISSING_OFFSETS)),
        RecipientHash.of(config),
        CommonConfig.kafkaClient(config),
        config.passThrough(CONSUMER_PREFIX),
        config.passThrough(PRODUCER_PREFIX));
  }

  /** The accounts' credentials, by their full keys, as the providers take them. */
  public static Map<String, String> accounts(ServiceConfig config) {
    Map<String, String> accounts = new HashMap<>();
    config
        .originalsWithPrefix(ACCOUNTS_PREFIX, false)
        .forEach((key, value) -> accounts.put(key, String.valueOf(value)));
    return accounts;
  }

  /**
   * How many calls may be in flight at once. The rest of the open sends is started ahead, or has
   * ended and waits for the commit that says so: at 50 ms a call, two commits take half as long.
   */
  int slots() {
    return Math.max(1, openSends - openSends / 3);
  }

  /**
   * How much started bulk mail that waits for a slot is enough: half of what there can be. The
   * other half lasts while the commit is made that starts more.
   */
  int enoughAhead() {
    int ahead = CallSlots.bulkShare(openSends) - CallSlots.bulkShare(slots());
    return Math.max(1, ahead / 2);
  }

  /** How many calls one of the accounts may have under way: beside others, never all. */
  int callsOfOne(int accounts) {
    return accounts == 1 ? openSends : Math.max(1, openSends - openSends / 4);
  }

  /** How many of the calls may wait for content that they refer to; the rest is for others. */
  int contentWaits() {
    return Math.max(1, slots() / 5);
  }

  /** How many of the calls may wait for the check of their recipient; the rest is for others. */
  int checkWaits() {
    return Math.max(1, slots() / 2);
  }

  /** The stable transactional id of this instance. */
  String transactionalId() {
    return groupId + "-" + instanceId;
  }

  private static MissingOffsets missingOffsets(String value) {
    return Arrays.stream(MissingOffsets.values())
        .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(value))
        .findFirst()
        .orElseThrow();
  }

  private static Duration millis(ServiceConfig config, String key) {
    return Duration.ofMillis(config.getLong(key));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "sender";
    }
  }
}

package io.mailstream.streams.topology;

import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.Topics;
import io.mailstream.streams.reputation.StreamReports;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.Suppression;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The whole topology in the driver, with a clock of its own. */
final class MailDriver implements AutoCloseable {

  static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  static final String POLICIES =
      """
      accounts:
        ses: {provider: ses}
        other: {provider: ses}
      tenants:
        acme:
          from_domains: [acme.example]
          account: ses
          allowed_accounts: [other]
          streams:
            password-reset: {evidence_window: 1m}
            two-ways: {accounts: {ses: {}, other: {weight: 0}}}
            limited: {limit: {rate: 1/s, burst: 2}}
      retry: {initial: 10s, multiplier: 2, max: 10m, jitter: 0, max_attempts: 3, max_age: 1h}
      deduplication: {window: 24h, buckets: 2}
      """;

  final Topics topics = Topics.withDefaultPrefix();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Serde<SpecificRecord> avro = MemoryAvro.serde();
  private final TopologyTestDriver driver;
  private Instant now = START;

  MailDriver(int partitions, Path stateDir) {
    this(partitions, stateDir, Tracing.OFF);
  }

  MailDriver(int partitions, Path stateDir, Tracing tracing) {
    Topology topology = MailTopology.build(settings(partitions, () -> now, meters, avro, tracing));
    driver = new TopologyTestDriver(topology, properties(stateDir), START);
  }

  static Topology topology(int partitions) {
    return MailTopology.build(
        settings(
            partitions, () -> START, new SimpleMeterRegistry(), MemoryAvro.serde(), Tracing.OFF));
  }

  private static MailTopology.Settings settings(
      int partitions,
      InstantSource clock,
      SimpleMeterRegistry meters,
      Serde<SpecificRecord> avro,
      Tracing tracing) {
    return new MailTopology.Settings(
        Topics.withDefaultPrefix(),
        partitions,
        PolicyLoader.load(POLICIES),
        RecipientHash.NONE,
        KnownAccounts.NONE,
        StreamReports.NONE,
        avro,
        meters,
        tracing,
        clock,
        1);
  }

  private Properties properties(Path stateDir) {
    Map<String, Object> config = new HashMap<>(TopologySettings.promised(topics));
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "driver");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    Properties properties = new Properties();
    properties.putAll(config);
    return properties;
  }

  Instant now() {
    return now;
  }

  void advance(Duration by) {
    now = now.plus(by);
    driver.advanceWallClockTime(by);
  }

  void send(Lane lane, SendRequest request) {
    send(topics.requests(lane), null, request);
  }

  void send(String topic, String key, SpecificRecord record) {
    raw(topic, key, avro.serializer().serialize(topic, record));
  }

  void raw(String topic, String key, byte[] value) {
    raw(topic, key, value, new RecordHeaders());
  }

  void send(String topic, SpecificRecord record, Headers headers) {
    raw(topic, null, avro.serializer().serialize(topic, record), headers);
  }

  private void raw(String topic, String key, byte[] value, Headers headers) {
    driver
        .createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput(
            new TestRecord<>(
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value,
                headers,
                Instant.EPOCH));
  }

  List<TestRecord<String, SpecificRecord>> records(String topic) {
    return driver
        .createOutputTopic(topic, new StringDeserializer(), avro.deserializer())
        .readRecordsToList();
  }

  List<TestRecord<byte[], byte[]>> bytes(String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  List<Delivery> dispatched(Lane lane) {
    return records(topics.dispatch(lane)).stream().map(r -> (Delivery) r.value()).toList();
  }

  List<SendResult> results() {
    return records(topics.results()).stream().map(r -> (SendResult) r.value()).toList();
  }

  List<Suppression> suppressions() {
    return records(topics.suppressions()).stream().map(r -> (Suppression) r.value()).toList();
  }

  /** All topics that anything was written to, changelogs and hops included. */
  Set<String> written() {
    return driver.producedTopicNames();
  }

  /** The sum of a counter or gauge over its tags. */
  double sum(String meter) {
    return meters.find(meter).meters().stream()
        .mapToDouble(found -> found.measure().iterator().next().getValue())
        .sum();
  }

  @Override
  public void close() {
    driver.close();
  }
}

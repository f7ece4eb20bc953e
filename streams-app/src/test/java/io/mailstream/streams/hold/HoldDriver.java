package io.mailstream.streams.hold;

import io.mailstream.policy.Policies;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.streams.reputation.StreamReports;
import io.mailstream.streams.suppress.AnyRecordSerde;
import io.mailstream.streams.throttle.AccountRates;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.SendResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.test.TestRecord;

/** This step alone in a topology: one way in, one way out for each lane and for results. */
final class HoldDriver implements AutoCloseable {

  private final TopologyTestDriver driver;
  private final TestInputTopic<String, SpecificRecord> in;
  private final TestOutputTopic<String, SpecificRecord> transactional;
  private final TestOutputTopic<String, SpecificRecord> bulk;
  private final TestOutputTopic<String, SpecificRecord> results;
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private long now;

  HoldDriver(Policies policies, ReleaseCheck check, Path stateDir, long now) {
    this.now = now;
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "hold-test");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    driver =
        new TopologyTestDriver(
            topology(policies, check, metrics, ""), config, Instant.ofEpochMilli(now));
    var keys = Serdes.String();
    var values = new AnyRecordSerde();
    in = driver.createInputTopic("in", keys.serializer(), values.serializer());
    transactional = output("transactional");
    bulk = output("bulk");
    results = output("results");
  }

  static Topology topology(
      Policies policies, ReleaseCheck check, SimpleMeterRegistry metrics, String prefix) {
    var keys = Serdes.String();
    var values = new AnyRecordSerde();
    ReleaseCheck.Factory factory =
        new ReleaseCheck.Factory() {
          @Override
          public ReleaseCheck create(
              ProcessorContext<String, SpecificRecord> context,
              ReleaseCheck.ParkedAccounts parked) {
            return check;
          }

          @Override
          public Set<StoreBuilder<?>> stores() {
            return Set.of();
          }
        };
    return new Topology()
        .addSource("source", keys.deserializer(), values.deserializer(), prefix + "in")
        .addProcessor(
            "hold",
            new HoldSupplier(
                new HoldSupplier.Settings(
                    "to-transactional",
                    "to-bulk",
                    "to-results",
                    policies,
                    AccountRates.UNKNOWN,
                    factory,
                    1,
                    metrics,
                    7,
                    StreamReports.NONE,
                    "to-activity",
                    Tracing.OFF)),
            "source")
        .addSink(
            "to-transactional",
            prefix + "transactional",
            keys.serializer(),
            values.serializer(),
            "hold")
        .addSink("to-bulk", prefix + "bulk", keys.serializer(), values.serializer(), "hold")
        .addSink("to-results", prefix + "results", keys.serializer(), values.serializer(), "hold")
        .addSink(
            "to-activity", prefix + "activity", keys.serializer(), values.serializer(), "hold");
  }

  long now() {
    return now;
  }

  void send(SpecificRecord value) {
    in.pipeInput(Mail.key(value), value, now);
  }

  void send(String key, SpecificRecord value, String header, String headerValue) {
    Headers headers = new RecordHeaders();
    headers.add(header, headerValue.getBytes(StandardCharsets.UTF_8));
    in.pipeInput(new TestRecord<>(key, value, headers, now));
  }

  static String header(TestRecord<String, SpecificRecord> record, String header) {
    return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
  }

  List<TestRecord<String, SpecificRecord>> bulkRecords() {
    return bulk.readRecordsToList();
  }

  /** Lets time pass in ticks. */
  void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 100) {
      long step = Math.min(100, left);
      now += step;
      driver.advanceWallClockTime(Duration.ofMillis(step));
    }
  }

  /** Lets time pass at once, with one tick at its end. */
  void jump(Duration time) {
    now += time.toMillis();
    driver.advanceWallClockTime(time);
  }

  List<Delivery> dispatchedBulk() {
    return bulk.readValuesToList().stream().map(Delivery.class::cast).toList();
  }

  List<Delivery> dispatchedTransactional() {
    return transactional.readValuesToList().stream().map(Delivery.class::cast).toList();
  }

  List<String> bulkIds() {
    return dispatchedBulk().stream().map(Delivery::getDeliveryId).toList();
  }

  List<String> transactionalIds() {
    return dispatchedTransactional().stream().map(Delivery::getDeliveryId).toList();
  }

  List<SendResult> results() {
    return results.readValuesToList().stream().map(SendResult.class::cast).toList();
  }

  KeyValueStore<Bytes, byte[]> stateStore() {
    return driver.getKeyValueStore(HoldStores.STATE);
  }

  KeyValueStore<Bytes, byte[]> heldStore() {
    return driver.getKeyValueStore(HoldStores.HELD);
  }

  double held(HoldReason reason, String lane) {
    return metrics
        .get("mailstream.hold.deliveries")
        .tags("reason", reason.tag(), "lane", lane)
        .gauge()
        .value();
  }

  @Override
  public void close() {
    driver.close();
  }

  private TestOutputTopic<String, SpecificRecord> output(String topic) {
    return driver.createOutputTopic(
        topic, Serdes.String().deserializer(), new AnyRecordSerde().deserializer());
  }
}

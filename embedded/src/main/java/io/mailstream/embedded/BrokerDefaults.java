package io.mailstream.embedded;

import java.util.HashMap;
import java.util.Map;

/** What one small broker on one machine needs otherwise than a cluster does. */
final class BrokerDefaults {

  static final Map<String, String> PROPERTIES = properties();

  private BrokerDefaults() {}

  private static Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    oneReplica(properties);
    small(properties);
    prompt(properties);
    properties.put("auto.create.topics.enable", "false");
    return Map.copyOf(properties);
  }

  private static void oneReplica(Map<String, String> properties) {
    properties.put("default.replication.factor", "1");
    properties.put("min.insync.replicas", "1");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
  }

  private static void small(Map<String, String> properties) {
    properties.put("num.partitions", "1");
    properties.put("offsets.topic.num.partitions", "4");
    properties.put("transaction.state.log.num.partitions", "4");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
    properties.put("num.network.threads", "2");
    properties.put("num.io.threads", "4");
    properties.put("background.threads", "2");
    properties.put("group.coordinator.threads", "1");
    properties.put("share.coordinator.threads", "1");
    // They also flush the logs when the broker stops.
    properties.put("num.recovery.threads.per.data.dir", "4");
    properties.put("log.cleaner.threads", "1");
    properties.put("log.cleaner.dedupe.buffer.size", "2097152");
    properties.put("log.cleaner.io.buffer.size", "65536");
    properties.put("log.index.size.max.bytes", "1048576");
    properties.put("offsets.topic.segment.bytes", "16777216");
    properties.put("transaction.state.log.segment.bytes", "16777216");
    properties.put("metadata.log.segment.bytes", "16777216");
  }

  /** Groups and transactions settle in fractions of a second, and tests may ask for less. */
  private static void prompt(Map<String, String> properties) {
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("group.min.session.timeout.ms", "100");
    properties.put("group.consumer.min.session.timeout.ms", "500");
    properties.put("group.consumer.min.heartbeat.interval.ms", "50");
    properties.put("group.consumer.heartbeat.interval.ms", "500");
    properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    properties.put("controlled.shutdown.enable", "true");
    properties.put("broker.heartbeat.interval.ms", "500");
    properties.put("broker.session.timeout.ms", "6000");
  }
}

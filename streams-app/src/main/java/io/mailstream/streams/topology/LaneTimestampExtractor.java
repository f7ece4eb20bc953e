package io.mailstream.streams.topology;

import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Stamps a record with the time of its arrival in this task, shifted by its class's rank. The
 * producer's clock is ignored: a wrong one must not move mail ahead of other mail, and Kafka
 * Streams silently drops what has a negative timestamp.
 */
final class LaneTimestampExtractor implements TimestampExtractor {

  private final LaneClass laneClass;
  private final InstantSource clock;
  private final SourceMeters meters;

  LaneTimestampExtractor(LaneClass laneClass, InstantSource clock, SourceMeters meters) {
    this.laneClass = laneClass;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    long now = clock.millis();
    meters.taken(record.topic(), record.timestamp(), now);
    return Math.max(0, now - laneClass.shiftMs());
  }
}

package io.mailstream.streams.topology;

import io.mailstream.v1.Deferral;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Ends the shift of {@link LaneTimestampExtractor}: from here on every record carries the time of
 * day. A shifted timestamp in a changelog or an output topic would fall prey to retention at once.
 */
final class WallClock extends ContextualProcessor<String, SpecificRecord, String, SpecificRecord> {

  private final FlowMeters meters;

  WallClock(FlowMeters meters) {
    this.meters = meters;
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    if (record.value() instanceof Deferral deferral) {
      meters.returned(deferral.getReason());
    }
    context().forward(record.withTimestamp(context().currentSystemTimeMs()));
  }
}

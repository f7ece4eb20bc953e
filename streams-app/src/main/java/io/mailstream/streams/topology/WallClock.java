package io.mailstream.streams.topology;

import io.mailstream.v1.Deferral;
import io.mailstream.v1.FeedbackEvent;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Ends the shift of {@link LaneTimestampExtractor}: from here on every record carries the time of
 * day. A shifted timestamp in a changelog or an output topic would fall prey to retention at once.
 */
final class WallClock extends ContextualProcessor<String, SpecificRecord, String, SpecificRecord> {

  private final FlowMeters meters;
  private final FeedbackMeters feedback;

  WallClock(FlowMeters meters, FeedbackMeters feedback) {
    this.meters = meters;
    this.feedback = feedback;
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    if (record.value() instanceof Deferral deferral) {
      meters.returned(deferral.getReason());
    } else if (record.value() instanceof FeedbackEvent event) {
      feedback.came(event, record.key());
    }
    context().forward(record.withTimestamp(context().currentSystemTimeMs()));
  }
}

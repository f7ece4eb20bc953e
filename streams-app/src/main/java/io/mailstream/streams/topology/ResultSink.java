package io.mailstream.streams.topology;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.SendResult;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The one way out for results: keys each by its recipient (by its request where it has none), sets
 * the wall clock, counts it.
 */
final class ResultSink extends ContextualProcessor<String, SpecificRecord, String, SpecificRecord> {

  private final FlowMeters meters;

  ResultSink(FlowMeters meters) {
    this.meters = meters;
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    SendResult result = (SendResult) record.value();
    meters.ended(result.getLane(), result.getStatus());
    context().forward(record.withKey(key(result)).withTimestamp(context().currentSystemTimeMs()));
  }

  private static String key(SendResult result) {
    return Optional.ofNullable(result.getRecipient())
        .flatMap(RecipientKey::find)
        .orElseGet(result::getRequestId);
  }
}

package io.mailstream.streams.topology;

import io.mailstream.runtime.logging.MailLog;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.SendResult;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
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
    log(result, record.headers());
    context().forward(record.withKey(key(result)).withTimestamp(context().currentSystemTimeMs()));
  }

  private static void log(SendResult result, Headers headers) {
    if (MailLog.isOn()) {
      MailLog.write(
          MailLog.Event.RESULT,
          new MailLog.Line(
              result.getTenant(),
              result.getStream(),
              result.getDeliveryId(),
              result.getRecipient(),
              null,
              result.getAccount(),
              result.getStatus().name(),
              result.getReasons().stream().map(ReasonCode::name).collect(Collectors.joining(",")),
              null,
              TraceContext.traceId(headers)));
    }
  }

  private static String key(SendResult result) {
    return Optional.ofNullable(result.getRecipient())
        .flatMap(RecipientKey::find)
        .orElseGet(result::getRequestId);
  }
}

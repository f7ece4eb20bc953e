package io.mailstream.streams.topology;

import io.mailstream.runtime.tracing.MailSpan;
import io.mailstream.runtime.tracing.TraceAttributes;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SendRequest;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * A step with a span around what it does with a record, and all that comes after it in this task:
 * what goes on from there has the span in its headers. Without tracing nothing is around the step.
 *
 * @param <K> the key of the records
 */
final class TracedStep<K> implements Processor<K, SpecificRecord, String, SpecificRecord> {

  private final Processor<K, SpecificRecord, String, SpecificRecord> step;
  private final Start<K> start;
  private ProcessorContext<String, SpecificRecord> context;

  /** Begins the span of a record; none where it is not to be traced here. */
  private interface Start<K> {
    MailSpan begin(
        Record<K, SpecificRecord> record, ProcessorContext<String, SpecificRecord> context);
  }

  private TracedStep(Processor<K, SpecificRecord, String, SpecificRecord> step, Start<K> start) {
    this.step = step;
    this.start = start;
  }

  /** The step that takes requests: each is traced. */
  static ProcessorSupplier<Object, SpecificRecord, String, SpecificRecord> ofRequests(
      ProcessorSupplier<Object, SpecificRecord, String, SpecificRecord> step,
      MailTopology.Settings settings) {
    Tracing tracing = settings.tracing();
    return tracing.isOn()
        ? () -> new TracedStep<>(step.get(), (record, at) -> request(tracing, record, at))
        : step;
  }

  /** The step that takes all that is at home: what is told of a mail is traced, if the mail is. */
  static ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> ofEvents(
      ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> step,
      MailTopology.Settings settings) {
    Tracing tracing = settings.tracing();
    return tracing.isOn()
        ? () ->
            new TracedStep<>(
                step.get(), (record, at) -> event(tracing, settings.topics(), record, at))
        : step;
  }

  private static MailSpan request(
      Tracing tracing,
      Record<Object, SpecificRecord> record,
      ProcessorContext<String, SpecificRecord> context) {
    RecordMetadata source =
        context
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("a request without a record"));
    MailSpan span =
        tracing
            .process(source.topic(), record.headers())
            .with(TraceAttributes.PARTITION, String.valueOf(source.partition()))
            .with(TraceAttributes.OFFSET, source.offset())
            .with(TraceAttributes.GROUP, context.applicationId());
    return record.value() instanceof SendRequest request
        ? span.with(TraceAttributes.TENANT, request.getTenant())
            .with(TraceAttributes.STREAM, request.getStream())
        : span;
  }

  /** The topic is that of the record's kind: it may have come by the repartition hop. */
  private static MailSpan event(
      Tracing tracing,
      Topics topics,
      Record<String, SpecificRecord> record,
      ProcessorContext<String, SpecificRecord> context) {
    if (!TraceContext.isIn(record.headers())) {
      return MailSpan.NONE;
    }
    MailSpan span =
        switch (record.value()) {
          case FeedbackEvent event ->
              tracing
                  .process(topics.feedback(), record.headers())
                  .with(TraceAttributes.EVENT, event.getType().name())
                  .with(TraceAttributes.PROVIDER, event.getProvider())
                  .with(TraceAttributes.TENANT, event.getTenant())
                  .with(TraceAttributes.STREAM, event.getStream())
                  .with(TraceAttributes.DELIVERY, event.getDeliveryId());
          case Deferral deferral ->
              tracing
                  .process(topics.deferrals(), record.headers())
                  .with(TraceAttributes.OUTCOME, deferral.getReason().name())
                  .with(TraceAttributes.TENANT, deferral.getDelivery().getTenant())
                  .with(TraceAttributes.STREAM, deferral.getDelivery().getStream())
                  .with(TraceAttributes.DELIVERY, deferral.getDelivery().getDeliveryId());
          case Cancellation cancellation ->
              tracing
                  .process(topics.cancellations(), record.headers())
                  .with(TraceAttributes.TENANT, cancellation.getTenant());
          default -> MailSpan.NONE;
        };
    return span.with(TraceAttributes.GROUP, context.applicationId());
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> given) {
    context = given;
    step.init(given);
  }

  @Override
  public void process(Record<K, SpecificRecord> record) {
    try (MailSpan span = start.begin(record, context)) {
      process(record, span);
    }
  }

  private void process(Record<K, SpecificRecord> record, MailSpan span) {
    try {
      step.process(record.withHeaders(span.on(record.headers())));
    } catch (RuntimeException e) {
      span.failed(e.getClass().getName());
      throw e;
    }
  }

  @Override
  public void close() {
    step.close();
  }
}

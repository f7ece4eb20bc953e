package io.mailstream.streams.hold;

import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Dispatches deliveries. */
final class HoldProcessor implements Processor<String, SpecificRecord, String, SpecificRecord> {

  private final HoldSupplier.Settings settings;
  private ProcessorContext<String, SpecificRecord> context;

  HoldProcessor(HoldSupplier.Settings settings) {
    this.settings = settings;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
  }

  @Override
  public void process(Record<String, SpecificRecord> input) {
    if (input.value() instanceof Delivery delivery) {
      delivery.setDispatchedAt(Instant.ofEpochMilli(context.currentSystemTimeMs()));
      context.forward(
          input.withValue(delivery),
          delivery.getLane() == Lane.TRANSACTIONAL
              ? settings.transactionalDispatch()
              : settings.bulkDispatch());
    }
  }
}

package io.mailstream.streams.topology;

import io.mailstream.v1.Delivery;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** The one way out for mail: to the topic of its lane, counted. */
final class DispatchSink
    extends ContextualProcessor<String, SpecificRecord, String, SpecificRecord> {

  private final FlowMeters meters;
  private final String transactional;
  private final String bulk;

  DispatchSink(FlowMeters meters, String transactional, String bulk) {
    this.meters = meters;
    this.transactional = transactional;
    this.bulk = bulk;
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    Delivery delivery = (Delivery) record.value();
    long now = context().currentSystemTimeMs();
    meters.dispatched(delivery, now);
    String child =
        switch (delivery.getLane()) {
          case TRANSACTIONAL -> transactional;
          case BULK -> bulk;
        };
    context().forward(record.withTimestamp(now), child);
  }
}

package io.mailstream.streams.validate;

import io.mailstream.policy.Policies;
import io.mailstream.v1.Lane;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/**
 * The step that takes requests: a valid one becomes one delivery per recipient, keyed by the
 * recipient; an invalid one ends in a result per recipient with every reason at once.
 */
public final class ValidateStep
    implements ProcessorSupplier<Object, SpecificRecord, String, SpecificRecord> {

  private final Lane lane;
  private final Policies policies;
  private final Outputs outputs;
  private final MeterRegistry meters;

  /**
   * The step.
   *
   * @param lane the lane that the requests came in by
   * @param policies what is allowed
   * @param outputs where records go
   * @param meters where it counts what it takes
   */
  public ValidateStep(Lane lane, Policies policies, Outputs outputs, MeterRegistry meters) {
    this.lane = lane;
    this.policies = policies;
    this.outputs = outputs;
    this.meters = meters;
  }

  @Override
  public Processor<Object, SpecificRecord, String, SpecificRecord> get() {
    return new ValidateProcessor(lane, policies, outputs, meters);
  }

  /**
   * The names of the children.
   *
   * @param next deliveries
   * @param results the results of what is refused
   */
  public record Outputs(String next, String results) {}
}

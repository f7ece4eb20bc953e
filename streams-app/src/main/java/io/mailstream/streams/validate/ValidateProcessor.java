package io.mailstream.streams.validate;

import io.mailstream.policy.Policies;
import io.mailstream.streams.result.Results;
import io.mailstream.streams.result.UnusableRecordException;
import io.mailstream.streams.validate.FanOut.Target;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Takes requests one by one around {@link RequestValidator}, {@link FanOut}, {@link Deliveries}.
 */
final class ValidateProcessor
    extends ContextualProcessor<Object, SpecificRecord, String, SpecificRecord> {

  // Beyond it a refused request gets one result as a whole: its results must fit a transaction.
  private static final int MOST_RESULTS = 10_000;

  private final Lane lane;
  private final Policies policies;
  private final RequestValidator validator;
  private final ValidateStep.Outputs outputs;
  private final Counter accepted;

  ValidateProcessor(
      Lane lane, Policies policies, ValidateStep.Outputs outputs, MeterRegistry meters) {
    this.lane = lane;
    this.policies = policies;
    this.validator = new RequestValidator(policies);
    this.outputs = outputs;
    this.accepted =
        Counter.builder("mailstream.deliveries.accepted")
            .description("Recipients of request records that were read, whatever became of them")
            .tag("lane", lane.name().toLowerCase(Locale.ROOT))
            .register(meters);
  }

  @Override
  public void process(Record<Object, SpecificRecord> record) {
    if (!(record.value() instanceof SendRequest request)) {
      throw new UnusableRecordException(
          "expected a SendRequest, found "
              + (record.value() == null ? "no value" : record.value().getSchema().getFullName()));
    }
    long now = context().currentSystemTimeMs();
    RecordOrigin origin = origin();
    List<Target> targets = FanOut.targets(request);
    Faults faults = validator.check(request, targets, now);
    if (!faults.isEmpty()) {
      refuse(record, request, targets, origin, faults, now);
      return;
    }
    List<Delivery> deliveries = Deliveries.of(request, targets, lane, origin, now);
    size(faults, deliveries);
    if (!faults.isEmpty()) {
      refuse(record, request, targets, origin, faults, now);
      return;
    }
    accepted.increment(deliveries.size());
    boolean late =
        request.getExpiresAt() != null
            && !request.getExpiresAt().isAfter(Instant.ofEpochMilli(now));
    for (int i = 0; i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      if (late) {
        context().forward(record.withKey("").withValue(expired(delivery, now)), outputs.results());
      } else {
        context().forward(record.withKey(targets.get(i).key()).withValue(delivery), outputs.next());
      }
    }
  }

  private RecordOrigin origin() {
    var metadata =
        context()
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("a request without a record"));
    return new RecordOrigin(metadata.topic(), metadata.partition(), metadata.offset());
  }

  /** Recipients differ by a few bytes of address: the first stands for all. */
  private void size(Faults faults, List<Delivery> deliveries) {
    long most =
        Math.min(policies.maxMessageBytes(), policies.maxRequestBytes() / deliveries.size());
    long largest = 0;
    for (Delivery delivery : deliveries) {
      long bound = DeliverySize.upperBound(delivery);
      largest = Math.max(largest, bound > most ? DeliverySize.measure(delivery) : bound);
      if (largest > policies.maxMessageBytes()) {
        faults.add(
            ReasonCode.TOO_LARGE,
            "the request",
            "makes a delivery of %d bytes: the policies allow %d (max_message_bytes)"
                .formatted(largest, policies.maxMessageBytes()));
        return;
      }
    }
    if (largest > most) {
      faults.add(
          ReasonCode.TOO_LARGE,
          "the request",
          ("makes %d deliveries of up to %d bytes: the policies allow %d bytes in all"
                  + " (max_request_bytes); send several requests")
              .formatted(deliveries.size(), largest, policies.maxRequestBytes()));
    }
  }

  private void refuse(
      Record<Object, SpecificRecord> record,
      SendRequest request,
      List<Target> targets,
      RecordOrigin origin,
      Faults faults,
      long now) {
    if (targets.isEmpty() || targets.size() > MOST_RESULTS) {
      accepted.increment();
      result(record, Deliveries.refused(request, null, lane, origin, faults, now));
      return;
    }
    accepted.increment(targets.size());
    for (Target target : targets) {
      result(record, Deliveries.refused(request, target, lane, origin, faults, now));
    }
  }

  private void result(Record<Object, SpecificRecord> record, SendResult result) {
    context().forward(record.withKey("").withValue(result), outputs.results());
  }

  private static SendResult expired(Delivery delivery, long now) {
    return Results.of(
        delivery,
        ResultStatus.EXPIRED,
        List.of(ReasonCode.EXPIRED),
        "expires_at had passed when the request was taken",
        0,
        now);
  }
}

package io.mailstream.streams.deduplicate;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.store.DeduplicationEntry;
import io.mailstream.store.DeliveryEvidence;
import io.mailstream.streams.result.Evidence;
import io.mailstream.streams.result.Results;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/** Reads and writes the store of what was seen. */
final class DeduplicateProcessor
    implements Processor<String, SpecificRecord, String, SpecificRecord> {

  /** Stands for the record of a request that there is none of. */
  private static final RecordOrigin NOWHERE = new RecordOrigin("", 0, 0L);

  private final Buckets buckets;
  private final DeduplicateStep.Outputs outputs;
  private final Counter passed;
  private final Counter duplicates;
  private final Counter settled;

  private ProcessorContext<String, SpecificRecord> context;
  private WindowStore<String, DeduplicationEntry> store;
  private ClockGuard clock;
  private long notedBucket;

  DeduplicateProcessor(Buckets buckets, DeduplicateStep.Outputs outputs, MeterRegistry meters) {
    this.buckets = buckets;
    this.outputs = outputs;
    this.passed =
        Counter.builder("mailstream.deduplicate.passed")
            .description("Deliveries that were the first of their id within the window")
            .register(meters);
    this.duplicates =
        Counter.builder("mailstream.deduplicate.duplicates")
            .description("Deliveries that repeated another within the window")
            .register(meters);
    this.settled =
        Counter.builder("mailstream.deduplicate.settled")
            .description(
                "Uncertain deliveries that were settled by evidence that was there already")
            .register(meters);
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    this.store = context.getStateStore(DeduplicationStore.NAME);
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    switch (record.value()) {
      case Delivery delivery -> deliver(record, delivery);
      case FeedbackEvent event -> {
        remember(event);
        context.forward(record, outputs.next());
      }
      case Deferral deferral -> takeBack(record, deferral);
      case Cancellation cancellation -> {
        cancel(cancellation, record.key());
        context.forward(record, outputs.next());
      }
      default -> context.forward(record, outputs.next());
    }
  }

  private void deliver(Record<String, SpecificRecord> record, Delivery delivery) {
    long now = now();
    Seen seen = find(delivery.getDeliveryId(), now);
    if (seen == null) {
      store.put(delivery.getDeliveryId(), entry(delivery), buckets.startOf(now));
      passed.increment();
      context.forward(record, outputs.next());
      return;
    }
    if (seen.entry().getRequestId().isEmpty()) {
      DeduplicationEntry entry = entry(delivery);
      entry.setCancelledAt(seen.entry().getCancelledAt());
      store.put(delivery.getDeliveryId(), entry, seen.bucket());
      context.forward(
          record.withValue(Results.cancelled(delivery, delivery.getAttempt() - 1, now)),
          outputs.results());
      return;
    }
    duplicates.increment();
    context.forward(record.withValue(duplicate(delivery, seen.entry())), outputs.results());
  }

  /** Remembers that a delivery is taken back; what waits is ended where it waits. */
  private void cancel(Cancellation cancellation, String recipientKey) {
    long now = now();
    String id =
        DeliveryId.of(cancellation.getTenant(), cancellation.getIdempotencyKey(), recipientKey);
    Seen seen = find(id, now);
    DeduplicationEntry entry =
        seen == null
            ? new DeduplicationEntry("", NOWHERE, Instant.ofEpochMilli(now), null, null)
            : seen.entry();
    if (entry.getCancelledAt() == null) {
      entry.setCancelledAt(Instant.ofEpochMilli(now));
      store.put(id, entry, seen == null ? buckets.startOf(now) : seen.bucket());
    }
  }

  /** What the sender hands back may be known to have been sent, or may have been taken back. */
  private void takeBack(Record<String, SpecificRecord> record, Deferral deferral) {
    long now = now();
    Delivery delivery = deferral.getDelivery();
    boolean uncertain = deferral.getReason() == DeferralReason.UNCERTAIN;
    Seen seen = find(delivery.getDeliveryId(), now);
    if (uncertain && seen != null && seen.entry().getEvidence() != null) {
      settled.increment();
      context.forward(
          record.withValue(settled(delivery, seen.entry().getEvidence())), outputs.results());
    } else if (seen == null || seen.entry().getCancelledAt() == null) {
      context.forward(record, outputs.next());
    } else if (uncertain) {
      delivery.setOnUncertain(OnUncertain.REPORT);
      context.forward(record, outputs.next());
    } else {
      int made = deferral.getReason() == DeferralReason.RETRY ? 0 : 1;
      context.forward(
          record.withValue(Results.cancelled(delivery, delivery.getAttempt() - made, now)),
          outputs.results());
    }
  }

  private void remember(FeedbackEvent event) {
    if (event.getDeliveryId() == null) {
      return;
    }
    Evidence evidence = Evidence.of(event.getType()).orElse(null);
    if (evidence == null) {
      return;
    }
    Seen seen = find(event.getDeliveryId(), now());
    if (seen == null || !isNews(evidence, seen.entry().getEvidence())) {
      return;
    }
    seen.entry()
        .setEvidence(
            new DeliveryEvidence(
                event.getType(),
                event.getEventId(),
                event.getProviderMessageId(),
                event.getOccurredAt()));
    store.put(event.getDeliveryId(), seen.entry(), seen.bucket());
  }

  /** A refusal after all outweighs that the mail was taken at first; nothing else is news. */
  private static boolean isNews(Evidence evidence, DeliveryEvidence known) {
    return known == null
        || (evidence == Evidence.FAILED
            && Evidence.of(known.getType()).orElseThrow() == Evidence.SENT);
  }

  private SendResult settled(Delivery delivery, DeliveryEvidence evidence) {
    boolean sent = Evidence.of(evidence.getType()).orElseThrow() == Evidence.SENT;
    SendResult result =
        Results.of(
            delivery,
            sent ? ResultStatus.SENT : ResultStatus.FAILED,
            sent ? List.of(ReasonCode.EVIDENCE_OF_SEND) : failure(evidence),
            "the outcome of the send was not known; the ESP's event %s (%s) tells it"
                .formatted(evidence.getEventId(), evidence.getType()),
            delivery.getAttempt(),
            context.currentSystemTimeMs());
    result.setProviderMessageId(evidence.getProviderMessageId());
    if (sent) {
      result.setSentAt(evidence.getOccurredAt());
    }
    return result;
  }

  private static List<ReasonCode> failure(DeliveryEvidence evidence) {
    return List.of(
        ReasonCode.EVIDENCE_OF_FAILURE,
        evidence.getType() == FeedbackType.RENDERING_FAILED
            ? ReasonCode.RENDERING_FAILED
            : ReasonCode.ESP_REJECTED);
  }

  private SendResult duplicate(Delivery delivery, DeduplicationEntry first) {
    RecordOrigin origin = first.getOrigin();
    SendResult result =
        Results.of(
            delivery,
            ResultStatus.DUPLICATE,
            List.of(ReasonCode.DUPLICATE),
            ("the same idempotency key and recipient came at %s in %s, partition %d, offset %d;"
                    + " use another idempotency key to send again")
                .formatted(
                    first.getFirstSeenAt(),
                    origin.getTopic(),
                    origin.getPartition(),
                    origin.getOffset()),
            0,
            context.currentSystemTimeMs());
    result.setDuplicateOf(first.getRequestId());
    return result;
  }

  private static DeduplicationEntry entry(Delivery delivery) {
    return new DeduplicationEntry(
        delivery.getRequestId(), delivery.getOrigin(), delivery.getAcceptedAt(), null, null);
  }

  private Seen find(String deliveryId, long now) {
    for (long bucket : buckets.toRead(now)) {
      DeduplicationEntry entry = store.fetch(deliveryId, bucket);
      if (entry != null) {
        return new Seen(entry, bucket);
      }
    }
    return null;
  }

  /** The guarded time; each bucket that is entered is noted, for the guard after a restart. */
  private long now() {
    if (clock == null) {
      clock = new ClockGuard(Buckets.SLACK, highestNotedBucket());
    }
    long now = clock.at(context.currentSystemTimeMs());
    long bucket = buckets.startOf(now);
    if (bucket != notedBucket) {
      store.put(
          DeduplicationStore.CLOCK_KEY,
          new DeduplicationEntry("", NOWHERE, Instant.ofEpochMilli(now), null, null),
          bucket);
      notedBucket = bucket;
    }
    return now;
  }

  private long highestNotedBucket() {
    long highest = 0;
    try (WindowStoreIterator<DeduplicationEntry> noted =
        store.fetch(DeduplicationStore.CLOCK_KEY, 0, Long.MAX_VALUE)) {
      while (noted.hasNext()) {
        KeyValue<Long, DeduplicationEntry> next = noted.next();
        highest = Math.max(highest, next.key);
      }
    }
    return highest;
  }

  private record Seen(DeduplicationEntry entry, long bucket) {}
}

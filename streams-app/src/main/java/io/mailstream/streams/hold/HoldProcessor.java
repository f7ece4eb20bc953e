package io.mailstream.streams.hold;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.streams.reputation.StreamGuard;
import io.mailstream.streams.reputation.StreamId;
import io.mailstream.streams.throttle.Limits;
import io.mailstream.streams.throttle.Throttle;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Connects the hold queue with the topology: records, time and stores. */
final class HoldProcessor
    implements Processor<String, SpecificRecord, String, SpecificRecord>, Outlet {

  /** How often what is due is released; Kafka Streams looks no more often than {@code poll.ms}. */
  private static final Duration TICK = Duration.ofMillis(20);

  private final HoldSupplier.Settings settings;
  private final HoldMetrics metrics;
  private ProcessorContext<String, SpecificRecord> context;
  private HoldMetrics.Task task;
  private HoldState state;
  private HoldTotals totals;
  private HoldQueue queue;
  private StreamGuard guard;
  private Cancellable ticks;
  private long lastSeen;

  HoldProcessor(HoldSupplier.Settings settings, HoldMetrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    KeyValueStore<Bytes, byte[]> states = context.getStateStore(HoldStores.STATE);
    KeyValueStore<Bytes, byte[]> held = context.getStateStore(HoldStores.HELD);
    state = new HoldState(states);
    HeldCodec codec = new HeldCodec();
    state.exchangeSchemas(codec, Delivery.getClassSchema());
    task = metrics.add();
    totals = new HoldTotals(state.totals(), task);
    Outlet outlet = TracedOutlet.of(this, settings.tracing());
    Throttle throttle =
        new Throttle(
            new Limits(settings.policies(), settings.partitions()), settings.rates(), state);
    queue =
        new HoldQueue(
            settings.policies(),
            new Backoff(settings.policies().retry(), settings.jitterSeed()),
            settings.releaseCheck().create(context, throttle::isParked),
            new HoldStore(held, codec, totals),
            totals,
            throttle,
            outlet,
            context.currentSystemTimeMs());
    guard =
        new StreamGuard(
            settings.policies(),
            context.taskId().partition(),
            settings.reports(),
            new GuardSurroundings(state, throttle, queue, context, settings.streamActivity()));
    schedule(context.currentSystemTimeMs());
  }

  @Override
  public void process(Record<String, SpecificRecord> input) {
    long now = context.currentSystemTimeMs();
    if (now < lastSeen) {
      ticks.cancel();
      schedule(now);
    }
    lastSeen = now;
    switch (input.value()) {
      case Delivery delivery ->
          queue.accept(Held.fresh(input.key(), input.headers(), delivery, now), now);
      case Deferral deferral -> {
        if (deferral.getReason() != DeferralReason.UNCERTAIN) {
          guard.notSent(deferral.getDelivery());
        }
        queue.takeBack(
            Held.fresh(input.key(), input.headers(), deferral.getDelivery(), now), deferral, now);
      }
      case FeedbackEvent event -> {
        guard.heard(event);
        queue.hear(event, now);
      }
      case Cancellation cancellation ->
          queue.cancel(
              DeliveryId.of(
                  cancellation.getTenant(), cancellation.getIdempotencyKey(), input.key()),
              now);
      default -> {
        // This is the last step: what no step has taken concerns none.
      }
    }
    totals.writeTo(state);
  }

  @Override
  public void dispatch(Held held, long now) {
    Delivery delivery = held.delivery();
    delivery.setDispatchedAt(Instant.ofEpochMilli(now));
    guard.sent(delivery);
    context.forward(
        new Record<>(held.recipientKey(), delivery, now, held.headers()),
        delivery.getLane() == Lane.TRANSACTIONAL
            ? settings.transactionalDispatch()
            : settings.bulkDispatch());
  }

  @Override
  public void end(Held held, SendResult result, long now) {
    if (held.reason() == HoldReason.STREAM_PAUSED) {
      tellOfPause(held.delivery(), result);
    }
    context.forward(
        new Record<>(held.recipientKey(), result, now, held.headers()), settings.results());
  }

  private void tellOfPause(Delivery delivery, SendResult result) {
    List<ReasonCode> reasons = new ArrayList<>(result.getReasons());
    reasons.add(ReasonCode.STREAM_PAUSED);
    result.setReasons(reasons);
    String why =
        guard
            .lastPause(new StreamId(delivery.getTenant(), delivery.getStream()))
            .map(": "::concat)
            .orElse("");
    result.setDetail(
        "%s; it was held because its stream was paused%s".formatted(result.getDetail(), why));
  }

  @Override
  public void close() {
    if (task != null) {
      task.close();
    }
  }

  /** Kafka Streams keeps the time of the next tick: set back, its clock would not come there. */
  private void schedule(long now) {
    ticks = context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, ignored -> tick());
    lastSeen = now;
  }

  private void tick() {
    long now = context.currentSystemTimeMs();
    lastSeen = now;
    guard.tick(now);
    queue.tick(now);
    totals.writeTo(state);
    for (HoldReason reason : HoldReason.values()) {
      for (Lane lane : Lane.values()) {
        OptionalLong since = queue.waitingSince(reason, lane);
        task.waiting(reason, lane, since.isEmpty() ? 0 : now - since.getAsLong());
      }
    }
  }
}

package io.mailstream.streams.hold;

import io.mailstream.policy.Policies;
import io.mailstream.streams.hold.QueueId.Position;
import io.mailstream.streams.result.Results;
import io.mailstream.streams.throttle.Scope;
import io.mailstream.streams.throttle.Throttle;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Everything of one partition that waits, and what happens to it. It is told the time. */
final class HoldQueue {

  /** The lanes, the urgent one first. */
  private static final List<Lane> LANES = List.of(Lane.TRANSACTIONAL, Lane.BULK);

  private static final List<HoldReason> TIMED =
      List.of(HoldReason.EVIDENCE, HoldReason.RETRY, HoldReason.SCHEDULED);

  /** Why the ESP certainly has none of it, and the account is not to be waited for. */
  private static final Set<DeferralReason> NEVER_HANDED_OVER =
      EnumSet.of(DeferralReason.NOT_STARTED, DeferralReason.ACCOUNT_PARKED);

  /** What one tick may release of what waits for limits, and of what waits for a time. */
  private static final int TICK_RECORDS = 500;

  private static final long TICK_BYTES = 4 * 1024 * 1024;
  private static final long FORGET_EVERY_MILLIS = 5_000;

  /** Who waits for a closed account is looked at one by one: not at every tick. */
  private static final long LEAVE_EVERY_MILLIS = 200;

  private final Policies policies;
  private final Backoff backoff;
  private final ReleaseCheck check;
  private final HoldStore store;
  private final HoldTotals totals;
  private final Throttle throttle;
  private final Outlet outlet;
  private final LimitQueues limits;
  private final List<Scope.Account> accounts;
  private final Map<QueueId.Timed, TimedQueue> timed = new HashMap<>();
  private long lastTick;
  private long lastForgot;
  private long lastLeft;

  /** Takes up what the store holds, by one seek a queue. */
  HoldQueue(
      Policies policies,
      Backoff backoff,
      ReleaseCheck check,
      HoldStore store,
      HoldTotals totals,
      Throttle throttle,
      Outlet outlet,
      long now) {
    this.policies = policies;
    this.backoff = backoff;
    this.check = check;
    this.store = store;
    this.totals = totals;
    this.throttle = throttle;
    this.outlet = outlet;
    this.limits = new LimitQueues(store, totals, throttle, check, outlet);
    this.accounts = policies.accounts().keySet().stream().map(Scope.Account::new).toList();
    this.lastTick = now;
    this.lastForgot = now;
    for (Lane lane : LANES) {
      for (HoldReason reason : TIMED) {
        QueueId.Timed id = new QueueId.Timed(reason, lane);
        timed.put(id, new TimedQueue(id));
      }
    }
    for (HoldStore.First first : store.firsts()) {
      switch (first.queue()) {
        case QueueId.OfFlow flow -> limits.found(flow, first.position().sequence(), now);
        case QueueId.Timed id -> timed.get(id).offer(first.position());
      }
    }
  }

  /** A delivery comes for the first time. */
  void accept(Held held, long now) {
    Delivery delivery = held.delivery();
    if (Release.isExpired(delivery, now)) {
      outlet.end(held, Release.expired(delivery, delivery.getAttempt() - 1, now), now);
    } else if (delivery.getSendAt() != null && delivery.getSendAt().toEpochMilli() > now) {
      long due = DeferralDecision.withinExpiry(delivery, delivery.getSendAt().toEpochMilli());
      hold(HoldReason.SCHEDULED, held, due, now);
    } else if (!(throttle.isParked(delivery.getAccount(), now) && goesElsewhere(held, now))) {
      limits.admit(held, now);
    }
  }

  /** The sender hands a delivery back; {@code held} has the deferral's delivery. */
  void takeBack(Held held, Deferral deferral, long now) {
    DeferralDecision decision = DeferralDecision.of(deferral, policies, backoff, now);
    if (decision instanceof DeferralDecision.Park park) {
      throttle.park(park.delivery().getAccount(), park.until(), now);
    }
    boolean elsewhere =
        NEVER_HANDED_OVER.contains(deferral.getReason()) && goesElsewhere(held, now);
    if (!elsewhere) {
      apply(decision, held, now);
    }
  }

  /** The ESP reports something: it may settle a delivery whose outcome is unknown. */
  void hear(FeedbackEvent event, long now) {
    if (event.getDeliveryId() == null || !Evidence.settles(event.getType()) || noneUncertain()) {
      return;
    }
    store
        .uncertain(event.getDeliveryId())
        .ifPresent(found ->
            Evidence.settle(found.held().delivery(), event, now)
                .ifPresent(result -> {
                  store.deleteUncertain(evidenceOf(found.held()).prefix(), found);
                  outlet.end(found.held(), result, now);
                }));
  }

  /**
   * Ends a delivery that waits, for it is taken back. One that may have been sent goes on waiting
   * for word from the ESP, but is not sent again.
   */
  void cancel(String deliveryId, long now) {
    Optional<HoldStore.Located> waits = store.find(deliveryId);
    if (waits.isPresent()) {
      HoldStore.Located located = waits.get();
      switch (located.queue()) {
        case QueueId.OfFlow id -> limits.remove(id, located.position(), located.held(), now);
        case QueueId.Timed id ->
            store.delete(timed.get(id).prefix(), located.position(), located.held());
      }
      outlet.end(located.held(), Release.cancelled(located.held(), now), now);
    } else if (!noneUncertain()) {
      store.uncertain(deliveryId).ifPresent(store::neverAgain);
    }
  }

  /** Releases what is due, the transactional lane first, as far as one tick may go. */
  void tick(long now) {
    if (now < lastTick) {
      limits.lookAnew(now);
    }
    lastTick = now;
    Budget forLimits = new Budget(TICK_RECORDS, TICK_BYTES);
    Budget forTimed = new Budget(TICK_RECORDS, TICK_BYTES);
    boolean leave = Math.abs(now - lastLeft) >= LEAVE_EVERY_MILLIS;
    lastLeft = leave ? now : lastLeft;
    for (Lane lane : LANES) {
      for (Scope.Account account : leave ? accounts : List.<Scope.Account>of()) {
        limits.leaveClosed(account, lane, now, forLimits);
      }
      limits.release(lane, now, forLimits);
      settleUnresolved(lane, now, forTimed);
      releaseTimed(HoldReason.RETRY, lane, now, forTimed);
      releaseTimed(HoldReason.SCHEDULED, lane, now, forTimed);
    }
    if (Math.abs(now - lastForgot) >= FORGET_EVERY_MILLIS) {
      throttle.forgetIdle(now);
      lastForgot = now;
    }
  }

  /** A stream was opened or closed: whose mail waits is looked at anew. */
  void streamChanged(long now) {
    limits.lookAnew(now);
  }

  /**
   * Since when the mail of a lane that could go longest has been waiting: for its limits since it
   * was held, for a time since that time. Empty: none waits.
   */
  OptionalLong waitingSince(HoldReason reason, Lane lane) {
    return switch (reason) {
      case OVER_LIMIT, ACCOUNT_PARKED, STREAM_PAUSED -> limits.oldest(lane);
      case SCHEDULED, RETRY, EVIDENCE -> queue(reason, lane).due();
    };
  }

  private void settleUnresolved(Lane lane, long now, Budget budget) {
    TimedQueue timers = queue(HoldReason.EVIDENCE, lane);
    while (budget.isLeft()) {
      // One at a time: the timers are small, but what they stand for may be large.
      List<HoldStore.Timed> due = timers.take(store, now, new Budget(1, 1));
      if (due.isEmpty()) {
        return;
      }
      HoldStore.Uncertain found =
          store
              .uncertain(due.getFirst().deliveryId())
              .orElseThrow(
                  () -> new IllegalStateException("an evidence timer stands for no delivery"));
      budget.spend(found.bytes());
      store.deleteUncertain(timers.prefix(), found);
      Held held = found.held();
      apply(DeferralDecision.unresolved(held.delivery(), policies.retry(), now), held, now);
    }
  }

  private void releaseTimed(HoldReason reason, Lane lane, long now, Budget budget) {
    for (HoldStore.Timed entry : queue(reason, lane).take(store, now, budget)) {
      release(store.decode(entry), now);
    }
  }

  private void apply(DeferralDecision decision, Held held, long now) {
    switch (decision) {
      case DeferralDecision.Wait(Delivery delivery, long until) ->
          hold(HoldReason.RETRY, held.changed(delivery), until, now);
      case DeferralDecision.Park(Delivery delivery, long until) ->
          limits.admit(held.changed(delivery), now);
      case DeferralDecision.AwaitEvidence(Delivery delivery, long until) ->
          awaitEvidence(held.changed(delivery), until, now);
      case DeferralDecision.Resend(Delivery delivery) -> release(held.changed(delivery), now);
      case DeferralDecision.End end -> outlet.end(held, end.result(), now);
    }
  }

  /** Goes by another account at once, where one takes it. */
  private boolean goesElsewhere(Held held, long now) {
    String account = held.delivery().getAccount();
    if (Release.of(check, held, now) instanceof Release.Go(Held routed)
        && !routed.delivery().getAccount().equals(account)) {
      limits.admit(routed, now);
      return true;
    }
    return false;
  }

  private void release(Held held, long now) {
    switch (Release.of(check, held, now)) {
      case Release.Go(Held released) -> limits.admit(released, now);
      case Release.End end -> outlet.end(held, end.result(), now);
    }
  }

  private void hold(HoldReason reason, Held held, long due, long now) {
    TimedQueue queue = queue(reason, held.delivery().getLane());
    Position position = new Position(due, totals.nextSequence(now));
    store.put(queue.prefix(), position, held.because(reason));
    queue.offer(position);
  }

  private void awaitEvidence(Held held, long until, long now) {
    if (!noneUncertain()) {
      store.uncertain(held.delivery().getDeliveryId()).ifPresent(old -> giveWay(old, held, now));
    }
    TimedQueue timers = evidenceOf(held);
    Position timer = new Position(until, totals.nextSequence(now));
    store.putUncertain(timers.prefix(), timer, held.because(HoldReason.EVIDENCE));
    timers.offer(timer);
  }

  /**
   * Ends an uncertain delivery whose id another needs. This is another request with the same key,
   * after the deduplication window; each has its own result. One request's delivery never comes
   * back twice, but if it did it would still end once.
   */
  private void giveWay(HoldStore.Uncertain old, Held next, long now) {
    store.deleteUncertain(evidenceOf(old.held()).prefix(), old);
    Delivery delivery = old.held().delivery();
    if (!delivery.getOrigin().equals(next.delivery().getOrigin())) {
      outlet.end(
          old.held(),
          Results.of(
              delivery,
              ResultStatus.UNCERTAIN,
              List.of(ReasonCode.OUTCOME_UNKNOWN),
              "a later request with the same idempotency key is uncertain as well",
              delivery.getAttempt(),
              now),
          now);
    }
  }

  private boolean noneUncertain() {
    return LANES.stream().allMatch(lane -> totals.count(HoldReason.EVIDENCE, lane) == 0);
  }

  private TimedQueue evidenceOf(Held held) {
    return queue(HoldReason.EVIDENCE, held.delivery().getLane());
  }

  private TimedQueue queue(HoldReason reason, Lane lane) {
    return timed.get(new QueueId.Timed(reason, lane));
  }
}

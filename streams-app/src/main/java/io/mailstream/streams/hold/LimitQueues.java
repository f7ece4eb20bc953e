package io.mailstream.streams.hold;

import io.mailstream.streams.throttle.Flow;
import io.mailstream.streams.throttle.Gate;
import io.mailstream.streams.throttle.Scope;
import io.mailstream.streams.throttle.Throttle;
import io.mailstream.v1.Lane;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Mail that waits for limits. It lies in the store by flow: all mail of a flow is subject to the
 * same scopes, so what stops its head stops all of it, and nothing has to move in the store when
 * another scope becomes the one that blocks. Among the flows that one scope blocks, the mail that
 * has waited longest goes first.
 *
 * <p>Mail whose recipient, actor or domain is counted waits with all others of its shared flow
 * first, and in a flow of its own only while it is these that stop it: so the number of flows grows
 * with those that are over their limits, not with all that wait.
 */
final class LimitQueues {

  /** The age of what has not been waiting. */
  private static final long NEWCOMER = Long.MAX_VALUE;

  private final HoldStore store;
  private final HoldTotals totals;
  private final Throttle throttle;
  private final ReleaseCheck check;
  private final Outlet outlet;
  private final Lines lines = new Lines();
  private final Map<QueueId.OfFlow, FlowQueue> queues = new HashMap<>();

  LimitQueues(
      HoldStore store, HoldTotals totals, Throttle throttle, ReleaseCheck check, Outlet outlet) {
    this.store = store;
    this.totals = totals;
    this.throttle = throttle;
    this.check = check;
    this.outlet = outlet;
  }

  /** Takes up a queue that was found in the store. */
  void found(QueueId.OfFlow id, long head, long now) {
    FlowQueue queue = FlowQueue.found(id, head);
    queues.put(id, queue);
    // The first release finds out where it really waits.
    lines.add(queue, throttle.gates(id.flow(), now).getFirst().scope(), now);
  }

  /** Dispatches a delivery if its limits and those who wait before it allow, or holds it. */
  void admit(Held held, long now) {
    admit(held, throttle.flows(held.delivery(), held.recipientKey()), NEWCOMER, now);
  }

  /**
   * Dispatches or holds a delivery.
   *
   * @param flows those of its flows that it has still to pass
   * @param age its sequence number if it has been waiting: older mail goes before it; else {@link
   *     #NEWCOMER}
   */
  private void admit(Held held, List<Flow> flows, long age, long now) {
    Lane lane = held.delivery().getLane();
    List<Gate> gates = List.of();
    for (Flow flow : flows) {
      gates = throttle.gates(flow, now);
      QueueId.OfFlow id = new QueueId.OfFlow(flow, lane);
      FlowQueue queue = queues.get(id);
      if (queue != null) {
        append(queue, held, gates, age, now);
        return;
      }
      Optional<Gate> shut = firstShut(gates, lane, age, now);
      if (shut.isPresent()) {
        FlowQueue opened = new FlowQueue(id);
        queues.put(id, opened);
        append(opened, held, gates, age, now);
        lines.add(opened, shut.get().scope(), shut.get().opensAt(lane, now));
        return;
      }
    }
    dispatch(held, gates, lane, now);
  }

  /** Releases what may go, the mail that has waited longest at a scope first. */
  void release(Lane lane, long now, Budget budget) {
    while (budget.isLeft()) {
      Optional<Lines.Line> open = lines.nextOpen(lane, now);
      if (open.isEmpty()) {
        return;
      }
      release(open.get(), lane, now, budget);
    }
  }

  /** Lets mail leave an account that is closed, where another takes it. */
  void leaveClosed(Scope.Account account, Lane lane, long now, Budget budget) {
    for (FlowQueue queue : lines.waitingAt(account, lane)) {
      Gate own = find(throttle.gates(queue.flow(), now), account);
      if (!own.isClosed(now)) {
        return;
      }
      if (check.isOpenElsewhere(queue.flow(), lane, now)) {
        while (budget.isLeft() && !queue.isEmpty()) {
          switch (takeHead(queue, own.opensAt(lane, now), now, budget)) {
            case Taken(Held held, Release.End end) -> outlet.end(held, end.result(), now);
            case Taken(Held held, Release.Go(Held released)) -> admit(released, now);
          }
        }
      }
    }
  }

  /** Takes out one that waits, wherever in its queue it is. */
  void remove(QueueId.OfFlow id, QueueId.Position position, Held held, long now) {
    FlowQueue queue = queues.get(id);
    Scope scope = lines.remove(queue);
    queue.remove(store, position.sequence(), held);
    if (queue.isEmpty()) {
      queues.remove(id);
    } else {
      lines.add(queue, scope, now);
    }
  }

  /**
   * Looks at every line again at the next release: the clock was set back, or what was closed is
   * open before its time.
   */
  void lookAnew(long now) {
    lines.openAll(now);
  }

  /** When the mail that waits longest began to; empty: none waits. */
  OptionalLong oldest(Lane lane) {
    OptionalLong sequence = lines.oldest(lane);
    return sequence.isEmpty() ? sequence : OptionalLong.of(HoldTotals.timeOf(sequence.getAsLong()));
  }

  private void release(Lines.Line line, Lane lane, long now, Budget budget) {
    while (budget.isLeft() && !line.isEmpty()) {
      FlowQueue queue = line.first();
      List<Gate> gates = throttle.gates(queue.flow(), now);
      Gate own = find(gates, line.scope());
      if (!own.isOpen(lane, now) || yields(own.scope(), lane)) {
        lines.setOpening(line, Math.max(now + 1, own.opensAt(lane, now)));
        return;
      }
      budget.look();
      Optional<Gate> other = firstShut(gates, lane, queue.head(), now);
      if (other.isPresent()) {
        lines.remove(queue);
        lines.add(queue, other.get().scope(), other.get().opensAt(lane, now));
      } else {
        releaseHead(queue, gates, now, budget);
      }
    }
  }

  private void releaseHead(FlowQueue queue, List<Gate> gates, long now, Budget budget) {
    long age = queue.head();
    switch (takeHead(queue, now, now, budget)) {
      case Taken(Held held, Release.End end) -> outlet.end(held, end.result(), now);
      case Taken(Held before, Release.Go(Held held)) -> {
        List<Flow> flows = throttle.flows(held.delivery(), held.recipientKey());
        int passed = flows.indexOf(queue.flow()) + 1;
        if (passed == 0) {
          admit(held, flows, NEWCOMER, now);
        } else if (passed == flows.size()) {
          dispatch(held, gates, queue.lane(), now);
        } else {
          admit(held, flows.subList(passed, flows.size()), age, now);
        }
      }
    }
  }

  /** What was taken out, and what becomes of it. */
  private record Taken(Held held, Release release) {}

  private Taken takeHead(FlowQueue queue, long opensAt, long now, Budget budget) {
    HoldStore.Entry entry = queue.peek(store);
    budget.spend(entry.bytes());
    Scope scope = lines.remove(queue);
    queue.pop(store, entry.held());
    if (queue.isEmpty()) {
      queues.remove(queue.id());
    } else {
      lines.add(queue, scope, opensAt);
    }
    return new Taken(entry.held(), Release.of(check, entry.held(), now));
  }

  private void dispatch(Held held, List<Gate> gates, Lane lane, long now) {
    if (!throttle.tryTake(gates, lane, now)) {
      throw new IllegalStateException("a gate that was open has shut: " + gates);
    }
    outlet.dispatch(held, now);
  }

  private void append(FlowQueue queue, Held held, List<Gate> gates, long age, long now) {
    HoldReason reason = reason(gates, now);
    long sequence = age == NEWCOMER ? totals.nextSequence(now) : age;
    queue.append(store, sequence, held.because(reason));
  }

  private static HoldReason reason(List<Gate> gates, long now) {
    for (Gate gate : gates) {
      if (gate.isClosed(now)) {
        return gate.scope() instanceof Scope.Stream
            ? HoldReason.STREAM_PAUSED
            : HoldReason.ACCOUNT_PARKED;
      }
    }
    return HoldReason.OVER_LIMIT;
  }

  /** The first gate that has no token for a lane, or where mail waits that is older or urgent. */
  private Optional<Gate> firstShut(List<Gate> gates, Lane lane, long age, long now) {
    for (Gate gate : gates) {
      OptionalLong first = lines.first(gate.scope(), lane);
      if (!gate.isOpen(lane, now)
          || (first.isPresent() && first.getAsLong() < age)
          || yields(gate.scope(), lane)) {
        return Optional.of(gate);
      }
    }
    return Optional.empty();
  }

  /** Whether bulk mail has to stand back at a scope because transactional mail waits there. */
  private boolean yields(Scope scope, Lane lane) {
    return lane == Lane.BULK && lines.first(scope, Lane.TRANSACTIONAL).isPresent();
  }

  private static Gate find(List<Gate> gates, Scope scope) {
    for (Gate gate : gates) {
      if (gate.scope().equals(scope)) {
        return gate;
      }
    }
    throw new IllegalStateException(
        "mail waits at %s, which it is not subject to".formatted(scope));
  }
}

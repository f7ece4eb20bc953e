package io.mailstream.streams.throttle;

import io.mailstream.v1.Lane;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gates of one partition. Each is read from its state when it is first met, kept in memory, and
 * written when it changes. Nothing here looks at more gates than one delivery has, save {@link
 * #forgetIdle}, which is for now and then.
 */
public final class Throttle {

  private final Limits limits;
  private final GateStates states;
  private final Map<Scope, Gate> gates = new HashMap<>();
  private final Map<Flow, List<Gate>> byFlow = new HashMap<>();

  /** A throttle over states that may be left from before. */
  public Throttle(Limits limits, GateStates states) {
    this.limits = limits;
    this.states = states;
  }

  /** The gates that mail of a flow has to pass, in order; ask again rather than keep them. */
  public List<Gate> gates(Flow flow, long now) {
    List<Gate> known = byFlow.get(flow);
    if (known != null) {
      return known;
    }
    List<Gate> found =
        limits.of(flow).entrySet().stream().map(e -> gate(e.getKey(), e.getValue(), now)).toList();
    byFlow.put(flow, found);
    return found;
  }

  /** The first gate that does not let mail of the lane pass now; empty: all do. */
  public static Optional<Gate> firstShut(List<Gate> gates, Lane lane, long now) {
    for (Gate gate : gates) {
      if (!gate.isOpen(lane, now)) {
        return Optional.of(gate);
      }
    }
    return Optional.empty();
  }

  /**
   * Takes a token at every gate, or at none.
   *
   * @return whether they were taken
   */
  public boolean tryTake(List<Gate> gates, Lane lane, long now) {
    if (firstShut(gates, lane, now).isPresent()) {
      return false;
    }
    for (Gate gate : gates) {
      gate.take(lane, now);
      if (gate.hasBucket()) {
        states.put(gate.scope(), gate.encode());
      }
    }
    return true;
  }

  /** Closes an account for all lanes until a time; a later time that holds already stays. */
  public void park(Flow flow, long until, long now) {
    Gate account = gates(flow, now).getFirst();
    account.closeUntil(until);
    states.put(account.scope(), account.encode());
  }

  /**
   * Forgets gates that are as good as new, so that neither memory nor store grows with scopes that
   * are no longer in use.
   */
  public void forgetIdle(long now) {
    byFlow.clear();
    for (Iterator<Gate> all = gates.values().iterator(); all.hasNext(); ) {
      Gate gate = all.next();
      if (gate.isIdle(now)) {
        states.remove(gate.scope());
        all.remove();
      }
    }
  }

  /** How many gates are in memory. */
  public int size() {
    return gates.size();
  }

  private Gate gate(Scope scope, Optional<BucketSize> size, long now) {
    return gates.computeIfAbsent(
        scope,
        s ->
            states
                .get(s)
                .map(state -> Gate.decode(s, size, state, now))
                .orElseGet(() -> Gate.fresh(s, size, now)));
  }
}

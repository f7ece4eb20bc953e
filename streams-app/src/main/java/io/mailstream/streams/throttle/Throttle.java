package io.mailstream.streams.throttle;

import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gates of one partition. Each is read from its state when it is first met, kept in memory, and
 * written when it changes. Nothing here looks at more gates than one delivery has, save {@link
 * #forgetIdle}, which is for now and then.
 *
 * <p>Memory is bounded: all of it is let go when there is much, for the states have everything.
 */
public final class Throttle {

  /** Recipients have gates too, so there may be millions; far fewer are met again soon. */
  static final int MOST_IN_MEMORY = 50_000;

  /** How many states are looked at together, beside twice as many as are new since. */
  private static final int SWEPT = 2_000;

  private final Limits limits;
  private final GateStates states;
  private final AccountRates rates;
  private final Map<Scope, Gate> gates = new HashMap<>();
  private final Map<String, AccountPace> paces = new HashMap<>();
  private final Map<Flow, List<Gate>> byFlow = new HashMap<>();
  private Optional<Scope> sweptUpTo = Optional.empty();
  private int fresh;

  /**
   * A throttle over states that may be left from before.
   *
   * @param rates how fast the accounts take mail
   */
  public Throttle(Limits limits, AccountRates rates, GateStates states) {
    this.limits = limits;
    this.rates = rates;
    this.states = states;
  }

  /** The flows of a routed delivery, the widest first, as {@link Limits#flows} has them. */
  public List<Flow> flows(Delivery delivery, String recipientKey) {
    return limits.flows(delivery, recipientKey);
  }

  /** The gates that mail of a flow has to pass, in order; ask again rather than keep them. */
  public List<Gate> gates(Flow flow, long now) {
    List<Gate> known = byFlow.get(flow);
    if (known != null) {
      return known;
    }
    if (byFlow.size() >= MOST_IN_MEMORY) {
      letGo();
    }
    List<Gate> found = limits.scopes(flow).stream().map(scope -> gate(scope, now)).toList();
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
  public void park(String account, long until, long now) {
    Gate gate = gate(new Scope.Account(account), now);
    gate.closeUntil(until);
    states.put(gate.scope(), gate.encode());
  }

  /** Closes a stream for all lanes until another time is said. */
  public void closeStream(String tenant, String stream, long until, long now) {
    Gate gate = gate(new Scope.Stream(tenant, stream), now);
    gate.open();
    gate.closeUntil(until);
    states.put(gate.scope(), gate.encode());
  }

  /** Opens a stream that was closed. */
  public void openStream(String tenant, String stream, long now) {
    Gate gate = gate(new Scope.Stream(tenant, stream), now);
    gate.open();
    states.put(gate.scope(), gate.encode());
  }

  /** Whether an account is closed altogether. */
  public boolean isParked(String account, long now) {
    return gate(new Scope.Account(account), now).isClosed(now);
  }

  /**
   * Forgets gates that are as good as new, so that neither memory nor store grows with scopes that
   * are no longer in use. Each time it looks at some, and comes round to all.
   */
  public void forgetIdle(long now) {
    int most = SWEPT + 2 * fresh;
    List<Scope> some = states.scopes(sweptUpTo, most);
    for (Scope scope : some) {
      if (gate(scope, now).isIdle(now)) {
        states.remove(scope);
      }
    }
    sweptUpTo = some.size() < most ? Optional.empty() : Optional.of(some.getLast());
    letGo();
    fresh = 0;
  }

  private void letGo() {
    byFlow.clear();
    gates.clear();
  }

  /** How many gates are in memory. */
  public int size() {
    return gates.size();
  }

  private Gate gate(Scope scope, long now) {
    Gate known = gates.get(scope);
    if (known != null) {
      return known;
    }
    Optional<BucketSize> size = limits.size(scope);
    Optional<byte[]> state = states.get(scope);
    Gate gate =
        state.isPresent()
            ? Gate.decode(scope, size, state.get(), now)
            : Gate.fresh(scope, size, now);
    if (scope instanceof Scope.Account(String account)) {
      gate.at(
          paces.computeIfAbsent(
              account, name -> new AccountPace(name, rates, limits.partitions())));
    }
    fresh += state.isPresent() ? 0 : 1;
    gates.put(scope, gate);
    return gate;
  }
}

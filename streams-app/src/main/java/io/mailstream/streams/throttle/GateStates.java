package io.mailstream.streams.throttle;

import java.util.List;
import java.util.Optional;

/** Where the state of gates is kept, by scope. */
public interface GateStates {

  /** The state that was put last; empty: none. */
  Optional<byte[]> get(Scope scope);

  /** Keeps a state. */
  void put(Scope scope, byte[] state);

  /**
   * The scopes that have a state, in the order of their bytes.
   *
   * @param after begins behind this one; empty: at the first
   * @param most at most so many
   */
  List<Scope> scopes(Optional<Scope> after, int most);

  /** Forgets a state. */
  void remove(Scope scope);
}

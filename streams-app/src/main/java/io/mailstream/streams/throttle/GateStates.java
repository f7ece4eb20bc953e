package io.mailstream.streams.throttle;

import java.util.Optional;

/** Where the state of gates is kept, by scope. */
public interface GateStates {

  /** The state that was put last; empty: none. */
  Optional<byte[]> get(Scope scope);

  /** Keeps a state. */
  void put(Scope scope, byte[] state);

  /** Forgets a state. */
  void remove(Scope scope);
}

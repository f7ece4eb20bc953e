package io.mailstream.sender.provider.common;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether the request of one call can have reached the server as a whole.
 *
 * <p>The HTTP client must read the request's body in order to write it. Until it took the last
 * byte, the server lacks at least that byte and cannot have acted; from then on anything may have
 * happened. This holds for every client and every way to fail, where the errors that clients raise
 * say nothing reliable. Once the call is given up, {@link #seal} makes the answer final: a client
 * that comes late, with a connection it waited for, gets an error and no byte.
 */
public final class RequestWritten {

  private enum State {
    OPEN,
    HANDED_OUT,
    SEALED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

  /** The client takes the last byte. */
  public void handOut() throws IOException {
    if (!state.compareAndSet(State.OPEN, State.HANDED_OUT) && state.get() == State.SEALED) {
      throw new IOException("the call was given up before its request was written");
    }
  }

  /**
   * The call has failed.
   *
   * @return whether the server can have the whole request; false is final
   */
  public boolean seal() {
    return !state.compareAndSet(State.OPEN, State.SEALED) && state.get() == State.HANDED_OUT;
  }
}

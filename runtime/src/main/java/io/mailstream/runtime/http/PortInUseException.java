package io.mailstream.runtime.http;

/** A port that cannot be had: something else listens there, or it needs a privilege. */
public final class PortInUseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int port;

  /**
   * A port that cannot be bound.
   *
   * @param name what was to listen there, for the message
   * @param cause what the operating system said
   */
  public PortInUseException(String name, String host, int port, Throwable cause) {
    super(
        "port %d on %s, for %s, cannot be bound (%s): stop what listens there, or choose another port"
            .formatted(port, host, name, cause.getMessage()),
        cause);
    this.port = port;
  }

  /** The port, for a message that also names the setting or flag to change it by. */
  public int port() {
    return port;
  }
}

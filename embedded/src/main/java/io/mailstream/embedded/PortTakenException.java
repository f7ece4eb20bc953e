package io.mailstream.embedded;

/** A server was told to listen on a port that something else listens on already. */
public final class PortTakenException extends RuntimeException {

  private final int port;

  PortTakenException(String server, int port, Throwable cause) {
    super(
        "%s: port %d on 127.0.0.1 is taken: stop what listens there, or choose another port"
            .formatted(server, port),
        cause);
    this.port = port;
  }

  /** The port that is taken. */
  public int port() {
    return port;
  }
}

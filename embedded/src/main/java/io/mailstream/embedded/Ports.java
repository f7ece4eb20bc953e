package io.mailstream.embedded;

import io.mailstream.runtime.http.PortInUseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports of the loopback interface. */
public final class Ports {

  private static final int LOWEST = 15_000;
  private static final int BEYOND = 32_000;
  private static final int TRIES = 200;

  private Ports() {}

  /**
   * A port that nothing listens on now. It lies below the range that operating systems take the
   * ports of outgoing connections from: so a server that is stopped and started again finds its
   * port free, and a client that keeps knocking cannot end up connected to itself.
   *
   * @throws IllegalStateException if no free port is found
   */
  public static int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "no free port between %d and %d on 127.0.0.1".formatted(LOWEST, BEYOND));
  }

  /** Whether nothing listens on the port of the loopback interface. */
  public static boolean isFree(int port) {
    try {
      tryOut(port);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Makes sure that a port can be bound.
   *
   * @param server what is to listen there, for the message
   * @throws PortInUseException if it cannot
   */
  static void requireFree(String server, int port) {
    try {
      tryOut(port);
    } catch (IOException e) {
      throw new PortInUseException(server, "127.0.0.1", port, e);
    }
  }

  private static void tryOut(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(loopback(), port), 1);
    }
  }

  static InetAddress loopback() {
    try {
      return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
    } catch (IOException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}

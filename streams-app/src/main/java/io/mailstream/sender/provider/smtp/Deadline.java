package io.mailstream.sender.provider.smtp;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Ends a call that takes too long by closing its socket. Socket timeouts bound a single read and no
 * write at all.
 */
final class Deadline implements AutoCloseable {

  private final Future<?> timer;
  private Socket socket;
  private boolean over;

  Deadline(Duration timeout) {
    this.timer =
        ForkJoinPool.commonPool().schedule(this::pass, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Closes this socket in place of the one before, at once if it is too late already. */
  synchronized void watch(Socket watched) throws IOException {
    socket = watched;
    if (over) {
      watched.close();
      throw new IOException("the call timeout has passed");
    }
  }

  synchronized boolean isOver() {
    return over;
  }

  private synchronized void pass() {
    over = true;
    SmtpConnection.closeQuietly(socket);
  }

  @Override
  public void close() {
    timer.cancel(false);
  }
}

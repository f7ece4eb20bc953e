package io.mailstream.sender.provider.smtp;

import io.mailstream.sender.provider.EmailProvider.Connections;
import io.mailstream.sender.provider.common.RequestWritten;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;

/** The connections to one relay: kept open, one message after the other, the last used first. */
final class SmtpPool implements AutoCloseable {

  private final SmtpSettings settings;
  private final SSLSocketFactory tls;
  private final Semaphore slots;
  private final Deque<SmtpConnection> idle = new ConcurrentLinkedDeque<>();
  private final Set<SmtpConnection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  SmtpPool(SmtpSettings settings, SSLSocketFactory tls) {
    this.settings = settings;
    this.tls = tls;
    this.slots = new Semaphore(settings.calls().maxConnections());
  }

  /**
   * Hands a message over once.
   *
   * @return the reply that decided
   * @throws IOException if no connection could be had, or it broke; {@code written} knows when
   */
  SmtpReply transact(Envelope envelope, RequestWritten written, Deadline deadline)
      throws IOException, InterruptedException {
    if (!slots.tryAcquire(settings.calls().callTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IOException("no connection became free within the call timeout");
    }
    try {
      SmtpConnection kept = takeIdle();
      if (kept != null) {
        try {
          return use(kept, envelope, written, deadline);
        } catch (StaleConnectionException e) {
          // Nothing of the message went into it: another connection is no second attempt.
        }
      }
      return use(connect(deadline), envelope, written, deadline);
    } catch (SmtpRefusedException e) {
      return e.reply();
    } catch (StaleConnectionException e) {
      throw new IOException("a new connection was closed at once", e);
    } finally {
      slots.release();
    }
  }

  /** What the connections do at the moment. */
  Connections connections() {
    int leased = settings.calls().maxConnections() - slots.availablePermits();
    return new Connections(leased, idle.size(), slots.getQueueLength());
  }

  private SmtpConnection connect(Deadline deadline) throws SmtpRefusedException, IOException {
    requireOpen();
    SmtpConnection connection = SmtpConnection.open(settings, tls, deadline);
    open.add(connection);
    return connection;
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the account is closed");
    }
  }

  private SmtpReply use(
      SmtpConnection connection, Envelope envelope, RequestWritten written, Deadline deadline)
      throws StaleConnectionException, IOException {
    SmtpReply reply = null;
    try {
      deadline.watch(connection.socket());
      requireOpen();
      reply = connection.transact(envelope, written);
      return reply;
    } finally {
      giveBack(connection, reply);
    }
  }

  private void giveBack(SmtpConnection connection, SmtpReply reply) {
    if (reply == null) {
      open.remove(connection);
      connection.abort();
    } else if (closed
        || !reply.keepsConnection()
        || connection.messages() >= settings.messagesPerConnection()) {
      open.remove(connection);
      connection.quit();
    } else {
      connection.idleSince(System.nanoTime());
      idle.push(connection);
      if (closed) {
        dropIdle(Duration.ZERO);
      }
    }
  }

  private SmtpConnection takeIdle() {
    dropIdle(settings.calls().idleTimeout());
    return idle.poll();
  }

  /** Those that were unused for long lie at the end. */
  private void dropIdle(Duration most) {
    for (SmtpConnection oldest = idle.peekLast();
        oldest != null && System.nanoTime() - oldest.idleSince() >= most.toNanos();
        oldest = idle.peekLast()) {
      if (idle.removeLastOccurrence(oldest)) {
        open.remove(oldest);
        oldest.quit();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    dropIdle(Duration.ZERO);
    open.forEach(SmtpConnection::abort);
  }
}

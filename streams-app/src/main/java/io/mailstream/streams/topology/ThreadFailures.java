package io.mailstream.streams.topology;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do when a stream thread dies: begin again where the fault may pass, stop where it will
 * not, so that whoever runs the process sees it. Too many deaths in a row are no passing fault.
 */
final class ThreadFailures implements StreamsUncaughtExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ThreadFailures.class);
  private static final int FEWEST = 20;

  /** What takes one thread away often takes all: so many times it may come again. */
  private static final int TIMES = 10;

  private static final Duration PERIOD = Duration.ofMinutes(5);

  private final int most;
  private final InstantSource clock;
  private final Deque<Long> replaced = new ArrayDeque<>();

  /**
   * A handler for one instance.
   *
   * @param threads how many threads it has
   */
  ThreadFailures(int threads, InstantSource clock) {
    this.most = Math.max(FEWEST, TIMES * threads);
    this.clock = clock;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable failure) {
    if (isPassing(failure) && mayReplace()) {
      LOG.warn("A stream thread failed and is replaced", failure);
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    LOG.error("A stream thread failed for good: the topology of this instance stops", failure);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** Whether the same may go well the next time: the innermost cause that is Kafka's decides. */
  static boolean isPassing(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 32; depth++) {
      if (cause instanceof RetriableException) {
        return true;
      }
      boolean wrapper = cause instanceof StreamsException && cause.getCause() != null;
      if (!wrapper) {
        return cause instanceof KafkaException && !isLasting(cause);
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isLasting(Throwable cause) {
    return cause instanceof AuthorizationException
        || cause instanceof AuthenticationException
        || cause instanceof RecordTooLargeException
        || cause instanceof SerializationException;
  }

  private synchronized boolean mayReplace() {
    long now = clock.millis();
    while (!replaced.isEmpty() && replaced.peekFirst() < now - PERIOD.toMillis()) {
      replaced.removeFirst();
    }
    replaced.addLast(now);
    return replaced.size() <= most;
  }
}

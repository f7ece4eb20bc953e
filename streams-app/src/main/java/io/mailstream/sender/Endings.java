package io.mailstream.sender;

import io.mailstream.sender.Send.Stage;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.ReasonCode;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How sends end: from the calls' threads, by a queue, into the records that the next commit writes.
 * All but {@link #add} is for the loop's thread.
 */
final class Endings {

  private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

  private final RecordCodec codec;
  private final Planner planner;
  private final Committer committer;
  private final SenderMetrics metrics;
  private final InstantSource clock;
  private final Consumer<Send> onReturned;
  private final BlockingQueue<Completion> completions = new LinkedBlockingQueue<>();

  /** Ended, but not written yet: the registry may be out. */
  private final Deque<Completion> unwritten = new ArrayDeque<>();

  /**
   * No endings yet.
   *
   * @param onReturned takes those that come back uncalled
   */
  Endings(
      RecordCodec codec,
      Planner planner,
      Committer committer,
      SenderMetrics metrics,
      InstantSource clock,
      Consumer<Send> onReturned) {
    this.codec = codec;
    this.planner = planner;
    this.committer = committer;
    this.metrics = metrics;
    this.clock = clock;
    this.onReturned = onReturned;
  }

  /** A call has ended; from any thread. */
  void add(Completion completion) {
    completions.add(completion);
  }

  /** Whether there is nothing to be taken over. */
  boolean isEmpty() {
    return completions.isEmpty() && unwritten.isEmpty();
  }

  /** Takes over what has ended, as far as it can be written now. */
  void collect() {
    completions.drainTo(unwritten);
    if (planner.isRegistryPaused()) {
      return;
    }
    while (!unwritten.isEmpty()) {
      try {
        take(unwritten.peekFirst());
      } catch (RuntimeException e) {
        if (!planner.pauseIfOutage(e)) {
          throw e;
        }
        return;
      }
      unwritten.removeFirst();
    }
  }

  /** Waits until a call ends, or a point in time in nanoseconds. */
  void waitForOne(long until) {
    try {
      Completion next =
          completions.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (next != null) {
        unwritten.addLast(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes a started send back before it is called, where it has not been: it is handed back. */
  void withdraw(Send send, String why) {
    if (send.move(Stage.READY, Stage.WITHDRAWN)) {
      send.unplan();
      unwritten.addLast(
          new Completion(
              send,
              Outcome.deferral(
                  send.delivery(),
                  DeferralReason.NOT_STARTED,
                  Optional.empty(),
                  ReasonCode.UNKNOWN,
                  why,
                  clock.millis())));
    }
  }

  private void take(Completion completion) {
    Send send = completion.send();
    Outcome outcome = completion.outcome();
    boolean owned = send.partition().isOwned();
    if (outcome == null) {
      if (owned) {
        onReturned.accept(send);
      }
    } else if (owned) {
      send.ended(outcome, codec.outcome(send, outcome, clock.millis()));
      send.partition().progress().finish(send);
    } else {
      testify(send, outcome);
    }
  }

  /** The successor holds it for uncertain: this may settle it. */
  private void testify(Send send, Outcome outcome) {
    outcome
        .evidence(send.delivery(), clock.millis())
        .ifPresent(event -> {
          committer.add(codec.evidence(send, event));
          metrics.evidence();
          LOG.info(
              "Delivery {} ended after its partition {} went elsewhere: given as evidence",
              send.delivery().getDeliveryId(),
              send.partition().id());
        });
  }
}

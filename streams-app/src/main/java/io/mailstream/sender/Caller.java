package io.mailstream.sender;

import io.mailstream.sender.Checkpoints.Point;
import io.mailstream.sender.Send.Stage;
import io.mailstream.sender.content.ContentStore;
import io.mailstream.sender.content.Referenced;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.recipient.RecipientGate;
import io.mailstream.sender.recipient.Verdict;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ReferenceContent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of an ESP, with everything that is looked at right before it. */
final class Caller {

  private static final Logger LOG = LoggerFactory.getLogger(Caller.class);
  private static final long BUSY_WAIT_MS = 1_000;
  private static final long UNREADABLE_WAIT_MS = 60_000;

  private final SuppressionTail tail;
  private final ContentStore contents;
  private final RecipientGate recipients;
  private final long gateMaxAge;
  private final long startMaxDelay;
  private final InstantSource clock;
  private final Checkpoints checkpoints;
  private final SenderMetrics metrics;
  private final TracedCalls calls;
  private final Consumer<Completion> completions;

  Caller(LoopParts parts, Consumer<Completion> completions) {
    this.tail = parts.tail();
    this.contents = parts.contents();
    this.recipients = parts.recipients();
    this.gateMaxAge = parts.config().gateMaxAge().toNanos();
    this.startMaxDelay = parts.config().startMaxDelay().toNanos();
    this.clock = parts.clock();
    this.checkpoints = parts.checkpoints();
    this.metrics = parts.metrics();
    this.calls = parts.calls();
    this.completions = completions;
  }

  /** Calls the ESP for a started send, unless something has come up; tells the loop how it went. */
  void call(Send send) {
    ConcurrencyLimit concurrency = send.account().concurrency();
    concurrency.enter();
    try {
      send.unplan();
      callIfStartable(send);
    } finally {
      concurrency.leave();
    }
  }

  private void callIfStartable(Send send) {
    if (!isStartable(send)) {
      handBack(send);
      return;
    }
    switch (recipients.ask(send.delivery().getRecipient().getAddress(), send.address())) {
      case Verdict.Refused(ReasonCode reason, String detail) ->
          end(send, Outcome.refused(send.delivery(), reason, detail, clock.millis()));
      case Verdict.Deliverable(Optional<String> note) -> {
        send.note(note);
        callWithContent(send);
      }
      case Verdict.Unknown unknown -> callWithContent(send);
    }
  }

  private void callWithContent(Send send) {
    if (send.delivery().getContent() instanceof ReferenceContent reference) {
      contents.with(
          reference,
          found -> {
            callWith(send, found);
            return null;
          });
    } else {
      call(send, send.delivery());
    }
  }

  /** What a delivery refers to is no part of what is told of it. */
  private void callWith(Send send, Referenced found) {
    Delivery delivery = send.delivery();
    long now = clock.millis();
    switch (found) {
      case Referenced.Content(InlineContent content) ->
          call(send, Delivery.newBuilder(delivery).setContent(content).build());
      case Referenced.Refused(ReasonCode reason, String detail) ->
          end(send, Outcome.failed(delivery, reason, detail, now));
      case Referenced.Unavailable(String detail) ->
          end(send, withoutContent(delivery, DeferralReason.RETRY, Optional.empty(), detail, now));
      case Referenced.Busy busy ->
          end(
              send,
              withoutContent(
                  delivery,
                  DeferralReason.NOT_STARTED,
                  Optional.of(Instant.ofEpochMilli(now + BUSY_WAIT_MS)),
                  "as much referenced content is under way as may be",
                  now));
    }
  }

  private static Outcome withoutContent(
      Delivery delivery,
      DeferralReason reason,
      Optional<Instant> notBefore,
      String detail,
      long now) {
    return Outcome.deferral(
        delivery, reason, notBefore, ReasonCode.CONTENT_UNAVAILABLE, detail, now);
  }

  /** Ends a send that was not called, unless it was taken back meanwhile. */
  private void end(Send send, Outcome outcome) {
    if (send.move(Stage.READY, Stage.CALLING)) {
      completions.accept(new Completion(send, outcome));
    }
  }

  /** Calls the ESP with a message, the delivery itself or with the content that it refers to. */
  private void call(Send send, Delivery message) {
    waitForPace(send);
    // After the wait, and as the last thing before the call.
    if (!isStartable(send)) {
      handBack(send);
      return;
    }
    Delivery delivery = send.delivery();
    long now = clock.millis();
    Optional<Outcome> gate = look(send, now);
    if (!send.move(Stage.READY, Stage.CALLING)) {
      return;
    }
    Outcome outcome =
        gate.orElseGet(() ->
            switch (send.account().call(now)) {
              case AccountGate.Decision.Back back ->
                  Outcome.deferral(
                      delivery, back.reason(), back.notBefore(), back.code(), back.detail(), now);
              case AccountGate.Decision.Go go -> callProvider(send, message);
              case AccountGate.Decision.Wait wait -> callProvider(send, message);
            });
    completions.accept(new Completion(send, outcome));
  }

  /** Not called: the loop decides, unless the partition is being let go, which the loop knows. */
  private void handBack(Send send) {
    if (send.partition().mayStart()) {
      completions.accept(new Completion(send, null));
    }
  }

  private boolean isStartable(Send send) {
    if (!send.partition().mayStart()) {
      return false;
    }
    long now = System.nanoTime();
    SuppressionView view = tail.view(send.partition().id().partition());
    if (view == null || !view.isFresh(now, gateMaxAge)) {
      metrics.gateWait();
      return false;
    }
    return now - send.committedAt() <= startMaxDelay;
  }

  private Optional<Outcome> look(Send send, long now) {
    Delivery delivery = send.delivery();
    SuppressionView view = tail.view(send.partition().id().partition());
    if (view == null) {
      return Optional.of(unreadable(delivery, now));
    }
    return keep(view, send.address(), delivery, now);
  }

  /**
   * What keeps a delivery from being called at all, by what is known here.
   *
   * @return how it ends; empty: nothing keeps it
   */
  static Optional<Outcome> keep(SuppressionView view, String address, Delivery delivery, long now) {
    Instant expires = delivery.getExpiresAt();
    if (expires != null && now >= expires.toEpochMilli()) {
      return Optional.of(Outcome.expired(delivery, now));
    }
    return switch (view.look(address, delivery, now)) {
      case SuppressionView.Answer.Clear clear -> Optional.empty();
      case SuppressionView.Answer.Suppressed suppressed ->
          Optional.of(Outcome.suppressed(delivery, suppressed.detail(), now));
      case SuppressionView.Answer.Unreadable unreadable -> Optional.of(unreadable(delivery, now));
    };
  }

  private static Outcome unreadable(Delivery delivery, long now) {
    return Outcome.deferral(
        delivery,
        DeferralReason.NOT_STARTED,
        Optional.of(Instant.ofEpochMilli(now + UNREADABLE_WAIT_MS)),
        ReasonCode.UNKNOWN,
        "what is recorded on the suppression of the recipient cannot be read",
        now);
  }

  private void waitForPace(Send send) {
    long wait = send.account().pace().take(System.nanoTime());
    if (wait == 0) {
      return;
    }
    metrics.paced();
    long until = System.nanoTime() + wait;
    for (long left = wait; left > 0 && send.partition().mayStart(); ) {
      LockSupport.parkNanos(this, left);
      left = until - System.nanoTime();
    }
  }

  private Outcome callProvider(Send send, Delivery message) {
    Delivery delivery = send.delivery();
    checkpoints.reached(Point.CALLING);
    long begun = System.nanoTime();
    SendOutcome outcome;
    try {
      outcome = calls.call(send, message);
    } catch (RuntimeException e) {
      LOG.error(
          "The provider of account {} failed on delivery {}: the outcome is unknown",
          send.account().name(),
          delivery.getDeliveryId(),
          e);
      outcome = new SendOutcome.Ambiguous("the provider failed: " + e.getClass().getName());
    }
    long ended = System.nanoTime();
    checkpoints.reached(Point.CALLED);
    send.account().called(outcome, clock.millis(), ended, ended - begun);
    metrics.called(send.account().name(), outcome, ended - begun);
    SendLog.attempt(send, outcome);
    return Outcome.of(delivery, outcome, clock.millis()).noting(send.note());
  }
}

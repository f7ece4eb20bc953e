package io.mailstream.streams.hold;

import io.mailstream.policy.Policies;
import io.mailstream.policy.Retry;
import io.mailstream.streams.result.Results;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of a delivery that the sender hands back. */
sealed interface DeferralDecision {

  /** It waits until a time, and is then the attempt that it says. */
  record Wait(Delivery delivery, long until) implements DeferralDecision {}

  /** Its account takes nothing until a time. */
  record Park(Delivery delivery, long until) implements DeferralDecision {}

  /** It may have been sent: it waits for word from the ESP until a time. */
  record AwaitEvidence(Delivery delivery, long until) implements DeferralDecision {}

  /** It may have been sent, and is to be sent again: it is the next attempt now. */
  record Resend(Delivery delivery) implements DeferralDecision {}

  /** It ends. */
  record End(SendResult result) implements DeferralDecision {}

  /**
   * Decides on a deferral.
   *
   * @param now milliseconds since the epoch
   */
  static DeferralDecision of(Deferral deferral, Policies policies, Backoff backoff, long now) {
    Delivery delivery = deferral.getDelivery();
    long notBefore = deferral.getNotBefore() == null ? now : deferral.getNotBefore().toEpochMilli();
    return switch (deferral.getReason()) {
      case UNCERTAIN -> {
        Duration window = evidenceWindow(delivery, policies);
        yield window.isZero()
            ? unresolved(delivery, policies.retry(), now)
            : new AwaitEvidence(delivery, now + window.toMillis());
      }
      case RETRY -> retry(deferral, notBefore, policies.retry(), backoff, now);
      case ACCOUNT_PARKED -> {
        long until = deferral.getNotBefore() == null ? now + initial(policies) : notBefore;
        // A time beyond the age of all mail would stop the account until somebody notices.
        long bounded = Math.min(until, now + policies.retry().maxAge().toMillis());
        yield expiredOr(delivery, 1, now, new Park(delivery, bounded));
      }
      case NOT_STARTED -> {
        long until = deferral.getNotBefore() == null ? now + initial(policies) : notBefore;
        yield expiredOr(delivery, 1, now, new Wait(delivery, withinExpiry(delivery, until)));
      }
    };
  }

  /** Decides on a delivery whose outcome is unknown and will stay so. */
  static DeferralDecision unresolved(Delivery delivery, Retry retry, long now) {
    if (delivery.getOnUncertain() == OnUncertain.REPORT) {
      return new End(
          unknown(
              delivery,
              Optional.empty(),
              "attempt %d may or may not have been sent".formatted(delivery.getAttempt()),
              now));
    }
    if (Release.isExpired(delivery, now)) {
      return new End(
          unknown(
              delivery,
              Optional.of(ReasonCode.EXPIRED),
              "attempt %d may or may not have been sent, and expires_at (%s) has passed"
                  .formatted(delivery.getAttempt(), delivery.getExpiresAt()),
              now));
    }
    if (delivery.getAttempt() >= retry.maxAttempts()) {
      return new End(
          unknown(
              delivery,
              Optional.of(ReasonCode.ATTEMPTS_EXHAUSTED),
              "attempt %d, the last that the policy allows, may or may not have been sent"
                  .formatted(delivery.getAttempt()),
              now));
    }
    delivery.setUncertainAttempts(delivery.getUncertainAttempts() + 1);
    return new Resend(next(delivery));
  }

  private static DeferralDecision retry(
      Deferral deferral, long notBefore, Retry retry, Backoff backoff, long now) {
    Delivery delivery = deferral.getDelivery();
    int attempt = delivery.getAttempt();
    if (Release.isExpired(delivery, now)) {
      return new End(Release.expired(delivery, attempt, now));
    }
    if (attempt >= retry.maxAttempts()) {
      String why = "attempt %d of %d failed".formatted(attempt, retry.maxAttempts());
      return new End(failed(deferral, why, now));
    }
    long wait = backoff.afterMillis(delivery.getDeliveryId(), attempt);
    long due = Math.max(now + wait, notBefore);
    if (due - mayGoSince(delivery) > retry.maxAge().toMillis()) {
      String why =
          "attempt %d failed, and the next would be older than %s"
              .formatted(attempt, retry.maxAge());
      return new End(failed(deferral, why, now));
    }
    return new Wait(next(delivery), withinExpiry(delivery, due));
  }

  private static SendResult failed(Deferral deferral, String why, long now) {
    List<ReasonCode> reasons = new ArrayList<>(List.of(ReasonCode.ATTEMPTS_EXHAUSTED));
    if (deferral.getReasonCode() != ReasonCode.UNKNOWN) {
      reasons.add(deferral.getReasonCode());
    }
    String detail = deferral.getDetail() == null ? why : why + ": " + deferral.getDetail();
    Delivery delivery = deferral.getDelivery();
    return Results.of(delivery, ResultStatus.FAILED, reasons, detail, delivery.getAttempt(), now);
  }

  private static SendResult unknown(
      Delivery delivery, Optional<ReasonCode> further, String detail, long now) {
    List<ReasonCode> reasons = new ArrayList<>(List.of(ReasonCode.OUTCOME_UNKNOWN));
    further.ifPresent(reasons::add);
    return Results.of(
        delivery, ResultStatus.UNCERTAIN, reasons, detail, delivery.getAttempt(), now);
  }

  private static DeferralDecision expiredOr(
      Delivery delivery, int notMade, long now, DeferralDecision otherwise) {
    return Release.isExpired(delivery, now)
        ? new End(Release.expired(delivery, delivery.getAttempt() - notMade, now))
        : otherwise;
  }

  /** When the delivery could first have gone: waiting for send_at does not make it old. */
  private static long mayGoSince(Delivery delivery) {
    long accepted = delivery.getAcceptedAt().toEpochMilli();
    Instant sendAt = delivery.getSendAt();
    return sendAt == null ? accepted : Math.max(accepted, sendAt.toEpochMilli());
  }

  /** A wait that ends no later than the delivery's expiry, so that this is told in time. */
  static long withinExpiry(Delivery delivery, long until) {
    return delivery.getExpiresAt() == null
        ? until
        : Math.min(until, delivery.getExpiresAt().toEpochMilli() + 1);
  }

  private static Delivery next(Delivery delivery) {
    delivery.setAttempt(delivery.getAttempt() + 1);
    return delivery;
  }

  private static long initial(Policies policies) {
    return policies.retry().initial().toMillis();
  }

  private static Duration evidenceWindow(Delivery delivery, Policies policies) {
    return policies.stream(delivery.getTenant(), delivery.getStream())
        .map(stream -> stream.evidenceWindow())
        .orElse(Duration.ZERO);
  }
}

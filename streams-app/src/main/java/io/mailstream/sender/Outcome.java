package io.mailstream.sender;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.streams.result.Results;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * How a delivery left the sender.
 *
 * @param kind what kind of end it is, for metrics
 * @param value the record that tells of it: a SendResult, a Deferral or a FeedbackEvent; null where
 *     the record could not be read and goes to the dead letters
 */
record Outcome(Kind kind, SpecificRecord value) {

  /** The provider that evidence from the sender itself names. */
  static final String EVIDENCE_PROVIDER = "mailstream";

  /** How long mail of a sending identity that the ESP refuses waits where the ESP says nothing. */
  private static final Duration IDENTITY_WAIT = Duration.ofMinutes(10);

  /** Kinds of ends; each dispatched record ends in one of them. */
  enum Kind {
    SENT,
    FAILED,
    SUPPRESSED,
    REFUSED,
    EXPIRED,
    RETRY,
    ACCOUNT_PARKED,
    NOT_STARTED,
    UNCERTAIN,
    UNREADABLE
  }

  /** What a call of the ESP came to. */
  static Outcome of(Delivery delivery, SendOutcome outcome, long now) {
    return switch (outcome) {
      case SendOutcome.Accepted accepted -> sent(delivery, accepted.providerMessageId(), now);
      case SendOutcome.Rejected rejected ->
          result(
              Kind.FAILED,
              delivery,
              ResultStatus.FAILED,
              rejected.reason(),
              rejected.detail(),
              delivery.getAttempt(),
              now);
      case SendOutcome.Deferred deferred -> deferred(delivery, deferred, now);
      case SendOutcome.Ambiguous ambiguous -> uncertain(delivery, ambiguous.detail(), now);
    };
  }

  private static Outcome deferred(Delivery delivery, SendOutcome.Deferred deferred, long now) {
    return switch (deferred.scope()) {
      case MESSAGE, RATE ->
          deferral(
              delivery,
              DeferralReason.RETRY,
              deferred.notBefore(),
              deferred.reason(),
              deferred.detail(),
              now);
      case IDENTITY ->
          deferral(
              delivery,
              DeferralReason.NOT_STARTED,
              deferred.notBefore().or(() -> Optional.of(at(now).plus(IDENTITY_WAIT))),
              deferred.reason(),
              deferred.detail(),
              now);
      case ACCOUNT ->
          deferral(
              delivery,
              DeferralReason.ACCOUNT_PARKED,
              deferred.notBefore(),
              deferred.reason(),
              deferred.detail(),
              now);
    };
  }

  /** The ESP took it. */
  static Outcome sent(Delivery delivery, String providerMessageId, long now) {
    SendResult result =
        Results.of(delivery, ResultStatus.SENT, List.of(), null, delivery.getAttempt(), now);
    result.setProviderMessageId(providerMessageId);
    result.setSentAt(at(now));
    return new Outcome(Kind.SENT, result);
  }

  /** A suppression came up after the dispatch. */
  static Outcome suppressed(Delivery delivery, String detail, long now) {
    return result(
        Kind.SUPPRESSED,
        delivery,
        ResultStatus.REJECTED,
        ReasonCode.SUPPRESSED,
        detail,
        delivery.getAttempt() - 1,
        now);
  }

  /** The check of its recipient spoke against it. */
  static Outcome refused(Delivery delivery, ReasonCode reason, String detail, long now) {
    return result(
        Kind.REFUSED,
        delivery,
        ResultStatus.REJECTED,
        reason,
        detail,
        delivery.getAttempt() - 1,
        now);
  }

  /** The same, with what its result is to say beside; only of mail that was sent. */
  Outcome noting(Optional<String> note) {
    if (note.isPresent() && kind == Kind.SENT) {
      ((SendResult) value).setDetail(note.get());
    }
    return this;
  }

  /** Its time was over before it was started. */
  static Outcome expired(Delivery delivery, long now) {
    return result(
        Kind.EXPIRED,
        delivery,
        ResultStatus.EXPIRED,
        ReasonCode.EXPIRED,
        "expires_at %s passed before the sender could start it".formatted(delivery.getExpiresAt()),
        delivery.getAttempt() - 1,
        now);
  }

  /** Whether it may or may not have been sent is unknown. */
  static Outcome uncertain(Delivery delivery, String detail, long now) {
    return deferral(
        delivery,
        DeferralReason.UNCERTAIN,
        Optional.empty(),
        ReasonCode.OUTCOME_UNKNOWN,
        detail,
        now);
  }

  /** Ends here for good, because it cannot go on. */
  static Outcome failed(Delivery delivery, ReasonCode reason, String detail, long now) {
    return result(
        Kind.FAILED, delivery, ResultStatus.FAILED, reason, detail, delivery.getAttempt() - 1, now);
  }

  /** It cannot go now. */
  static Outcome deferral(
      Delivery delivery,
      DeferralReason reason,
      Optional<Instant> notBefore,
      ReasonCode code,
      String detail,
      long now) {
    Kind kind =
        switch (reason) {
          case NOT_STARTED -> Kind.NOT_STARTED;
          case RETRY -> Kind.RETRY;
          case ACCOUNT_PARKED -> Kind.ACCOUNT_PARKED;
          case UNCERTAIN -> Kind.UNCERTAIN;
        };
    return new Outcome(
        kind,
        Deferral.newBuilder()
            .setDelivery(delivery)
            .setReason(reason)
            .setNotBefore(notBefore.orElse(null))
            .setReasonCode(code)
            .setDetail(detail)
            .setDeferredAt(at(now))
            .build());
  }

  /**
   * What the result of a call is worth after its partition went to another instance, which holds
   * the send for uncertain: evidence where it settles it, else nothing.
   */
  Optional<FeedbackEvent> evidence(Delivery delivery, long now) {
    return switch (kind) {
      case SENT -> Optional.of(event(FeedbackType.SENT, delivery, now));
      case FAILED, REFUSED -> Optional.of(event(FeedbackType.REJECTED, delivery, now));
      default -> Optional.empty();
    };
  }

  private FeedbackEvent event(FeedbackType type, Delivery delivery, long now) {
    SendResult result = (SendResult) value;
    return FeedbackEvent.newBuilder()
        .setEventId(
            "%s:%s:%d:%s"
                .formatted(
                    EVIDENCE_PROVIDER, delivery.getDeliveryId(), delivery.getAttempt(), type))
        .setProvider(EVIDENCE_PROVIDER)
        .setType(type)
        .setRecipient(delivery.getRecipient().getAddress())
        .setDeliveryId(delivery.getDeliveryId())
        .setRequestId(delivery.getRequestId())
        .setTenant(delivery.getTenant())
        .setStream(delivery.getStream())
        .setTags(delivery.getTags())
        .setProviderMessageId(result.getProviderMessageId())
        .setDetail(result.getDetail())
        .setOccurredAt(result.getCompletedAt())
        .setReceivedAt(at(now))
        .build();
  }

  private static Outcome result(
      Kind kind,
      Delivery delivery,
      ResultStatus status,
      ReasonCode reason,
      String detail,
      int attempts,
      long now) {
    return new Outcome(kind, Results.of(delivery, status, List.of(reason), detail, attempts, now));
  }

  private static Instant at(long now) {
    return Instant.ofEpochMilli(now);
  }
}

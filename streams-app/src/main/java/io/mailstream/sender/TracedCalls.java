package io.mailstream.sender;

import io.mailstream.runtime.tracing.MailSpan;
import io.mailstream.runtime.tracing.TraceAttributes;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.common.EspText;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;

/** The calls of ESPs, each a step of its mail's trace; without tracing, only the calls. */
final class TracedCalls {

  private final Tracing tracing;

  TracedCalls(Tracing tracing) {
    this.tracing = tracing;
  }

  /**
   * Calls the ESP of a send, which has the call's context in its headers from then on.
   *
   * @param message the send's delivery, or the same with the content that it refers to
   */
  SendOutcome call(Send send, Delivery message) {
    EmailProvider provider = send.account().provider();
    if (!tracing.isOn()) {
      return provider.send(message);
    }
    try (MailSpan span = begin(send)) {
      send.traced(span.on(send.source().headers()));
      SendOutcome outcome = called(span, provider, message);
      tell(span, outcome);
      return outcome;
    }
  }

  private MailSpan begin(Send send) {
    Delivery delivery = send.delivery();
    return tracing
        .call(send.account().kind(), send.source().headers())
        .with(TraceAttributes.ACCOUNT, send.account().name())
        .with(TraceAttributes.TENANT, delivery.getTenant())
        .with(TraceAttributes.STREAM, delivery.getStream())
        .with(TraceAttributes.DELIVERY, delivery.getDeliveryId())
        .with(TraceAttributes.ATTEMPT, delivery.getAttempt());
  }

  private static SendOutcome called(MailSpan span, EmailProvider provider, Delivery message) {
    try {
      return span.around(() -> provider.send(message));
    } catch (RuntimeException e) {
      span.failed(e.getClass().getName());
      throw e;
    }
  }

  private static void tell(MailSpan span, SendOutcome outcome) {
    switch (outcome) {
      case SendOutcome.Accepted accepted -> span.with(TraceAttributes.OUTCOME, "accepted");
      case SendOutcome.Rejected(ReasonCode reason, String detail) ->
          refused(span, "rejected", reason, detail);
      case SendOutcome.Deferred deferred ->
          refused(span, "deferred", deferred.reason(), deferred.detail());
      case SendOutcome.Ambiguous(String detail) ->
          refused(span, "ambiguous", ReasonCode.OUTCOME_UNKNOWN, detail);
    }
  }

  private static void refused(MailSpan span, String outcome, ReasonCode reason, String detail) {
    span.with(TraceAttributes.OUTCOME, outcome)
        .with(TraceAttributes.ESP_STATUS, EspText.code(detail).orElse(null))
        .failed(reason.name());
  }
}

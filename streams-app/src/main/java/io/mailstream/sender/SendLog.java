package io.mailstream.sender;

import io.mailstream.runtime.logging.MailLog;
import io.mailstream.runtime.logging.MailLog.Event;
import io.mailstream.runtime.logging.MailLog.Line;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.common.EspText;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.SendResult;
import java.util.stream.Collectors;

/** The sender's lines of the mail log: one for each call of an ESP, one for each result. */
final class SendLog {

  private SendLog() {}

  /** A call has ended. */
  static void attempt(Send send, SendOutcome outcome) {
    if (!MailLog.isOn()) {
      return;
    }
    switch (outcome) {
      case SendOutcome.Accepted accepted -> attempt(send, "accepted", null, null);
      case SendOutcome.Rejected(ReasonCode reason, String detail) ->
          attempt(send, "rejected", reason, detail);
      case SendOutcome.Ambiguous(String detail) ->
          attempt(send, "ambiguous", ReasonCode.OUTCOME_UNKNOWN, detail);
      case SendOutcome.Deferred deferred ->
          attempt(send, "deferred", deferred.reason(), deferred.detail());
    }
  }

  private static void attempt(Send send, String status, ReasonCode reason, String detail) {
    Delivery delivery = send.delivery();
    MailLog.write(
        Event.ATTEMPT,
        new Line(
            delivery.getTenant(),
            delivery.getStream(),
            delivery.getDeliveryId(),
            send.address(),
            send.account().kind(),
            send.account().name(),
            status,
            reason == null ? null : reason.name(),
            EspText.code(detail).orElse(null),
            TraceContext.traceId(send.headers())));
  }

  /** What became of a send is committed; a line where that is a result. */
  static void ended(Send send) {
    if (MailLog.isOn() && send.outcome().value() instanceof SendResult result) {
      MailLog.write(
          Event.RESULT,
          new Line(
              result.getTenant(),
              result.getStream(),
              result.getDeliveryId(),
              result.getRecipient(),
              send.account() == null ? null : send.account().kind(),
              result.getAccount(),
              result.getStatus().name(),
              result.getReasons().stream().map(ReasonCode::name).collect(Collectors.joining(",")),
              EspText.code(result.getDetail()).orElse(null),
              TraceContext.traceId(send.headers())));
    }
  }
}

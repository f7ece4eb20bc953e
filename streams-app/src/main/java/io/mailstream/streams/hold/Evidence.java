package io.mailstream.streams.hold;

import io.mailstream.streams.result.Results;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.util.List;
import java.util.Optional;

/** What an ESP's event says of a delivery whose outcome is unknown. */
final class Evidence {

  private Evidence() {}

  /** Whether an event of this type settles anything. */
  static boolean settles(FeedbackType type) {
    return switch (type) {
      case SENT, DELIVERED, BOUNCED, COMPLAINED, OPENED, CLICKED, REJECTED, RENDERING_FAILED ->
          true;
      case UNKNOWN, DELAYED, UNSUBSCRIBED, RESUBSCRIBED -> false;
    };
  }

  /** The result that an event makes of a delivery; empty: the event says nothing about it. */
  static Optional<SendResult> settle(Delivery delivery, FeedbackEvent event, long now) {
    return switch (event.getType()) {
      case SENT, DELIVERED, BOUNCED, COMPLAINED, OPENED, CLICKED -> {
        SendResult sent =
            Results.of(
                delivery,
                ResultStatus.SENT,
                List.of(ReasonCode.EVIDENCE_OF_SEND),
                "the sender lost the outcome; the ESP reported %s".formatted(event.getType()),
                delivery.getAttempt(),
                now);
        sent.setProviderMessageId(event.getProviderMessageId());
        sent.setSentAt(event.getType() == FeedbackType.SENT ? event.getOccurredAt() : null);
        yield Optional.of(sent);
      }
      case REJECTED -> failed(delivery, event, ReasonCode.ESP_REJECTED, now);
      case RENDERING_FAILED -> failed(delivery, event, ReasonCode.RENDERING_FAILED, now);
      case UNKNOWN, DELAYED, UNSUBSCRIBED, RESUBSCRIBED -> Optional.empty();
    };
  }

  private static Optional<SendResult> failed(
      Delivery delivery, FeedbackEvent event, ReasonCode reason, long now) {
    SendResult failed =
        Results.of(
            delivery,
            ResultStatus.FAILED,
            List.of(ReasonCode.EVIDENCE_OF_FAILURE, reason),
            "the sender lost the outcome; the ESP reported %s".formatted(event.getType()),
            delivery.getAttempt(),
            now);
    failed.setProviderMessageId(event.getProviderMessageId());
    return Optional.of(failed);
  }
}

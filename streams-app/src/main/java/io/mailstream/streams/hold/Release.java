package io.mailstream.streams.hold;

import io.mailstream.streams.hold.ReleaseCheck.Verdict;
import io.mailstream.streams.result.Results;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.util.List;

/** What becomes of a delivery when its wait is over. */
sealed interface Release {

  /** It may be dispatched as soon as its limits allow. */
  record Go(Held held) implements Release {}

  /** It ends. */
  record End(SendResult result) implements Release {}

  /** Decides on a delivery that is about to be the attempt that it says. */
  // The check hands back the same object where it changed nothing; its body is not compared.
  @SuppressWarnings("ReferenceEquality")
  static Release of(ReleaseCheck check, Held held, long now) {
    Delivery delivery = held.delivery();
    if (isExpired(delivery, now)) {
      return new End(expired(delivery, delivery.getAttempt() - 1, now));
    }
    String account = delivery.getAccount();
    return switch (check.check(delivery, now)) {
      case Verdict.Go(Delivery routed) ->
          new Go(
              routed == delivery && routed.getAccount().equals(account)
                  ? held
                  : held.changed(routed));
      case Verdict.End(SendResult result) -> new End(result);
    };
  }

  /** Whether a delivery must not be sent any more. */
  static boolean isExpired(Delivery delivery, long now) {
    return delivery.getExpiresAt() != null && now > delivery.getExpiresAt().toEpochMilli();
  }

  /** The end of a delivery whose time is over. */
  static SendResult expired(Delivery delivery, int attempts, long now) {
    return Results.of(
        delivery,
        ResultStatus.EXPIRED,
        List.of(ReasonCode.EXPIRED),
        "expires_at (%s) passed before it could be sent".formatted(delivery.getExpiresAt()),
        attempts,
        now);
  }

  /** The end of a delivery that was taken back while it waited. */
  static SendResult cancelled(Held held, long now) {
    Delivery delivery = held.delivery();
    return Results.cancelled(delivery, delivery.getAttempt() - 1, now);
  }
}

package io.mailstream.streams.result;

import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Instant;
import java.util.List;

/** Results of deliveries that end inside the topology. */
public final class Results {

  private Results() {}

  /**
   * The result of a delivery that ends here.
   *
   * @param attempts attempts that reached an ESP
   * @param now when it ended, in milliseconds since the epoch
   */
  public static SendResult of(
      Delivery delivery,
      ResultStatus status,
      List<ReasonCode> reasons,
      String detail,
      int attempts,
      long now) {
    return SendResult.newBuilder()
        .setRequestId(delivery.getRequestId())
        .setDeliveryId(delivery.getDeliveryId())
        .setTenant(delivery.getTenant())
        .setStream(delivery.getStream())
        .setIdempotencyKey(delivery.getIdempotencyKey())
        .setRecipient(delivery.getRecipient().getAddress())
        .setLane(delivery.getLane())
        .setStatus(status)
        .setReasons(reasons)
        .setDetail(detail)
        .setAccount(delivery.getAccount().isEmpty() ? null : delivery.getAccount())
        .setAttempts(attempts)
        .setOrigin(delivery.getOrigin())
        .setAcceptedAt(delivery.getAcceptedAt())
        .setDispatchedAt(delivery.getDispatchedAt())
        .setCompletedAt(Instant.ofEpochMilli(now))
        .setTags(delivery.getTags())
        .build();
  }

  /**
   * The end of a delivery that was taken back.
   *
   * @param attempts how many attempts were made, none of which the ESP took
   */
  public static SendResult cancelled(Delivery delivery, int attempts, long now) {
    return of(
        delivery,
        ResultStatus.CANCELLED,
        List.of(ReasonCode.CANCELLED),
        "it was cancelled before an ESP had it",
        attempts,
        now);
  }
}

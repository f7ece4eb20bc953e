package io.mailstream.streams.result;

import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Results of deliveries. */
public final class Results {

  /** What does not deny that the mail was sent. */
  private static final Set<ResultStatus> TOLD_AS_IT_IS =
      EnumSet.of(ResultStatus.SENT, ResultStatus.UNCERTAIN, ResultStatus.DUPLICATE);

  private Results() {}

  /**
   * The result of a delivery.
   *
   * <p>Mail that an earlier attempt may have delivered is not said to have been refused, failed or
   * too late: whatever ends it, its outcome is unknown.
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
    boolean unknown = delivery.getUncertainAttempts() > 0 && !TOLD_AS_IT_IS.contains(status);
    return SendResult.newBuilder()
        .setRequestId(delivery.getRequestId())
        .setDeliveryId(delivery.getDeliveryId())
        .setTenant(delivery.getTenant())
        .setStream(delivery.getStream())
        .setIdempotencyKey(delivery.getIdempotencyKey())
        .setRecipient(delivery.getRecipient().getAddress())
        .setLane(delivery.getLane())
        .setStatus(unknown ? ResultStatus.UNCERTAIN : status)
        .setReasons(unknown ? withUnknown(reasons) : reasons)
        .setDetail(unknown ? "an earlier attempt may have been sent; then: " + detail : detail)
        .setAccount(delivery.getAccount().isEmpty() ? null : delivery.getAccount())
        .setAttempts(attempts)
        .setOrigin(delivery.getOrigin())
        .setAcceptedAt(delivery.getAcceptedAt())
        .setDispatchedAt(delivery.getDispatchedAt())
        .setCompletedAt(Instant.ofEpochMilli(now))
        .setTags(delivery.getTags())
        .build();
  }

  private static List<ReasonCode> withUnknown(List<ReasonCode> reasons) {
    List<ReasonCode> all = new ArrayList<>(List.of(ReasonCode.OUTCOME_UNKNOWN));
    all.addAll(reasons);
    return all;
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

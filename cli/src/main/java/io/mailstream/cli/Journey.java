package io.mailstream.cli;

import io.mailstream.runtime.logging.Masking;
import io.mailstream.schemas.DeliveryId;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far one mail to one recipient has come, by the records that the pipeline writes about it.
 * They may come in any order: the ESP's word is often there before the sender's transaction is
 * committed. No text of it holds an address that is not masked.
 */
final class Journey {

  private final String requestId;
  private final String deliveryId;
  private final Set<Stage> open = EnumSet.allOf(Stage.class);

  /** What must become of a mail, in the order it usually does. */
  enum Stage {
    /** Kafka has the request. */
    ACCEPTED("accepted"),
    /** The result says that the ESP took the mail. */
    SENT("SENT"),
    /** The ESP says that the recipient's server took the mail. */
    DELIVERED("DELIVERED");

    private final String label;

    Stage(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /** What a record means for the mail. */
  sealed interface Step {

    /** It came through a stage. */
    record Passed(Stage stage, String detail) implements Step {}

    /** It goes on, but later. */
    record Delayed(String why) implements Step {}

    /** It will not come through. */
    record Ended(String why) implements Step {}
  }

  /**
   * Nothing is known yet.
   *
   * @param request a request with an idempotency key and one recipient, in To
   */
  Journey(SendRequest request) {
    requestId = request.getRequestId();
    deliveryId =
        DeliveryId.of(
            request.getTenant(),
            request.getIdempotencyKey(),
            RecipientKey.of(request.getTo().getFirst().getAddress()));
  }

  String deliveryId() {
    return deliveryId;
  }

  /** Kafka has the request, at this place. */
  Step accepted(String place) {
    return passed(Stage.ACCEPTED, "%s, request %s".formatted(place, requestId));
  }

  /** What a result says of it, if it is this mail's. */
  Optional<Step> on(SendResult result) {
    boolean isOurs =
        result.getDeliveryId() == null
            ? requestId.equals(result.getRequestId())
            : deliveryId.equals(result.getDeliveryId());
    if (!isOurs) {
      return Optional.empty();
    }
    return Optional.of(
        result.getStatus() == ResultStatus.SENT
            ? passed(
                Stage.SENT,
                "by %s, provider message id %s"
                    .formatted(result.getAccount(), result.getProviderMessageId()))
            : new Step.Ended(why(result)));
  }

  /** What an event of the ESP says of it, if it is this mail's. */
  Optional<Step> on(FeedbackEvent event) {
    if (!deliveryId.equals(event.getDeliveryId())) {
      return Optional.empty();
    }
    return switch (event.getType()) {
      case DELIVERED -> Optional.of(passed(Stage.DELIVERED, Masking.address(event.getRecipient())));
      case DELAYED -> Optional.of(new Step.Delayed(why(event)));
      case BOUNCED, COMPLAINED, REJECTED, RENDERING_FAILED ->
          Optional.of(new Step.Ended(why(event)));
      case SENT, OPENED, CLICKED, UNSUBSCRIBED, RESUBSCRIBED, UNKNOWN -> Optional.empty();
    };
  }

  /** The first stage that it has not come through. */
  Optional<Stage> missing() {
    return open.stream().findFirst();
  }

  private Step passed(Stage stage, String detail) {
    open.remove(stage);
    return new Step.Passed(stage, printable(Stream.of(detail)));
  }

  private static String why(SendResult result) {
    String reasons = result.getReasons().stream().map(Enum::name).collect(Collectors.joining(", "));
    String hint =
        result.getReasons().contains(ReasonCode.SUPPRESSED)
            ? "(why: 'mailstream suppressions get' with the seed address)"
            : null;
    return printable(Stream.of(result.getStatus().name(), reasons, result.getDetail(), hint));
  }

  private static String why(FeedbackEvent event) {
    Bounce bounce = event.getBounce();
    Stream<String> details =
        bounce == null
            ? Stream.of(event.getComplaintType(), event.getDetail())
            : Stream.of(
                bounce.getBounceClass().name(),
                bounce.getCategory().name(),
                bounce.getEnhancedStatus(),
                bounce.getDiagnostic());
    return printable(Stream.concat(Stream.of(event.getType().name()), details));
  }

  private static String printable(Stream<String> parts) {
    return ResultFormat.printable(
        Masking.text(
            parts
                .filter(Objects::nonNull)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("  "))));
  }
}

package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class JourneyTest {

  private final Journey journey =
      new Journey(
          SendRequest.newBuilder()
              .setRequestId("r-1")
              .setTenant("acme")
              .setIdempotencyKey("k-1")
              .setStream("monitor")
              .setFrom(new Mailbox("shop@acme.example", null))
              .setTo(List.of(new Recipient("Seed@Example.com", null, Map.of())))
              .setContent(new InlineContent("t", null, List.of()))
              .build());

  private SendResult.Builder result(ResultStatus status) {
    return SendResult.newBuilder()
        .setRequestId("r-1")
        .setDeliveryId(journey.deliveryId())
        .setTenant("acme")
        .setStream("monitor")
        .setRecipient("Seed@Example.com")
        .setLane(Lane.TRANSACTIONAL)
        .setStatus(status)
        .setOrigin(new RecordOrigin("mail.requests.transactional", 0, 1L))
        .setAcceptedAt(Instant.EPOCH)
        .setCompletedAt(Instant.EPOCH);
  }

  private FeedbackEvent.Builder event(FeedbackType type) {
    return FeedbackEvent.newBuilder()
        .setEventId("e-1")
        .setProvider("ses")
        .setType(type)
        .setRecipient("seed@example.com")
        .setDeliveryId(journey.deliveryId())
        .setOccurredAt(Instant.EPOCH)
        .setReceivedAt(Instant.EPOCH);
  }

  @Test
  void theWholeWayIsThreeStages() {
    assertThat(journey.missing()).contains(Journey.Stage.ACCEPTED);
    assertThat(journey.accepted("requests-1@7"))
        .isEqualTo(new Journey.Step.Passed(Journey.Stage.ACCEPTED, "requests-1@7, request r-1"));
    assertThat(journey.missing()).contains(Journey.Stage.SENT);
    assertThat(
            journey.on(
                result(ResultStatus.SENT).setAccount("ses-1").setProviderMessageId("m-1").build()))
        .contains(new Journey.Step.Passed(Journey.Stage.SENT, "by ses-1, provider message id m-1"));
    assertThat(journey.missing()).contains(Journey.Stage.DELIVERED);
    assertThat(journey.on(event(FeedbackType.DELIVERED).build()))
        .contains(new Journey.Step.Passed(Journey.Stage.DELIVERED, "s***@example.com"));
    assertThat(journey.missing()).isEmpty();
  }

  @Test
  void theEspMayBeFasterThanTheResult() {
    journey.accepted("requests-1@7");
    journey.on(event(FeedbackType.DELIVERED).build());

    assertThat(journey.missing()).contains(Journey.Stage.SENT);
    journey.on(result(ResultStatus.SENT).build());
    assertThat(journey.missing()).isEmpty();
  }

  @Test
  void otherMailIsNotThisMail() {
    assertThat(journey.on(result(ResultStatus.SENT).setDeliveryId("another").build())).isEmpty();
    assertThat(journey.on(event(FeedbackType.DELIVERED).setDeliveryId("another").build()))
        .isEmpty();
    assertThat(journey.on(event(FeedbackType.BOUNCED).setDeliveryId(null).build())).isEmpty();
    assertThat(
            journey.on(result(ResultStatus.FAILED).setDeliveryId(null).setRequestId("r").build()))
        .isEmpty();
    assertThat(journey.missing()).contains(Journey.Stage.ACCEPTED);
  }

  @ParameterizedTest
  @EnumSource(value = ResultStatus.class, mode = Mode.EXCLUDE, names = "SENT")
  void everyOtherResultEndsIt(ResultStatus status) {
    assertThat(journey.on(result(status).build())).contains(new Journey.Step.Ended(status.name()));
  }

  @Test
  void aRefusalBeforeThereIsADeliveryIsKnownByTheRequest() {
    assertThat(
            journey.on(
                result(ResultStatus.REJECTED)
                    .setDeliveryId(null)
                    .setReasons(List.of(ReasonCode.UNKNOWN_TENANT, ReasonCode.INVALID_TAG))
                    .setDetail("tenant acme\nis not known")
                    .build()))
        .contains(
            new Journey.Step.Ended(
                "REJECTED  UNKNOWN_TENANT, INVALID_TAG  tenant acme?is not known"));
  }

  @ParameterizedTest
  @EnumSource(
      value = FeedbackType.class,
      names = {"BOUNCED", "COMPLAINED", "REJECTED", "RENDERING_FAILED"})
  void whatTheEspReportsOfAFailureEndsIt(FeedbackType type) {
    assertThat(journey.on(event(type).setDetail("because").build()))
        .contains(new Journey.Step.Ended(type.name() + "  because"));
  }

  @ParameterizedTest
  @EnumSource(
      value = FeedbackType.class,
      names = {"UNKNOWN", "SENT", "OPENED", "CLICKED", "UNSUBSCRIBED", "RESUBSCRIBED"})
  void whatSaysNothingOfTheArrivalIsPassedOver(FeedbackType type) {
    assertThat(journey.on(event(type).build())).isEmpty();
  }

  @Test
  void aDelayEndsNothing() {
    assertThat(journey.on(event(FeedbackType.DELAYED).setDetail("greylisted").build()))
        .contains(new Journey.Step.Delayed("DELAYED  greylisted"));
    assertThat(journey.missing()).contains(Journey.Stage.ACCEPTED);
  }

  @Test
  void addressesAreMaskedEverywhere() {
    Bounce bounce =
        new Bounce(
            BounceClass.PERMANENT,
            BounceCategory.INVALID_RECIPIENT,
            "5.1.1",
            "550 <seed@example.com> unknown",
            null);
    assertThat(journey.on(event(FeedbackType.BOUNCED).setBounce(bounce).build()))
        .contains(
            new Journey.Step.Ended(
                "BOUNCED  PERMANENT  INVALID_RECIPIENT  5.1.1  550 <s***@example.com> unknown"));
    assertThat(
            journey.on(
                result(ResultStatus.REJECTED)
                    .setReasons(List.of(ReasonCode.SUPPRESSED))
                    .setDetail("seed@example.com is suppressed")
                    .build()))
        .get()
        .asString()
        .contains("s***@example.com is suppressed", "mailstream suppressions get")
        .doesNotContain("seed@");
  }
}

package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail that is taken back, through all steps, in the driver. */
class CancelTest {

  private MailDriver mail;

  @BeforeEach
  void start(@TempDir Path stateDir) {
    mail = new MailDriver(2, stateDir);
  }

  @AfterEach
  void stop() {
    mail.close();
  }

  @Test
  void aCancelledMailThatWaitsEndsAtOnce() {
    mail.send(
        Lane.BULK,
        Requests.builder("r1", "a@example.com").setSendAt(mail.now().plusSeconds(3600)).build());
    mail.send(mail.topics.cancellations(), null, cancellation("r1", "A@Example.com"));

    assertThat(mail.results())
        .extracting(SendResult::getStatus)
        .containsExactly(ResultStatus.CANCELLED);
    mail.advance(Duration.ofHours(2));
    assertThat(mail.dispatched(Lane.BULK)).isEmpty();
  }

  @Test
  void aCancellationFindsItsMailInEveryPartition() {
    for (int i = 0; i < 8; i++) {
      String address = "user" + i + "@example.com";
      mail.send(
          Lane.BULK,
          Requests.builder("r" + i, address).setSendAt(mail.now().plusSeconds(3600)).build());
      mail.send(mail.topics.cancellations(), null, cancellation("r" + i, address));
    }

    assertThat(mail.written()).contains("driver-hop-control-repartition");
    assertThat(mail.results())
        .hasSize(8)
        .allSatisfy(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.CANCELLED));
  }

  @Test
  void aCancellationMayComeBeforeItsRequest() {
    mail.send(mail.topics.cancellations(), null, cancellation("r1", "a@example.com"));
    mail.send(Lane.BULK, Requests.builder("r1", "a@example.com", "b@example.com").build());
    mail.send(Lane.BULK, Requests.builder("r1", "a@example.com").build());

    assertThat(mail.dispatched(Lane.BULK))
        .extracting(delivery -> delivery.getRecipient().getAddress())
        .containsExactly("b@example.com");
    assertThat(mail.results())
        .extracting(SendResult::getStatus)
        .containsExactly(ResultStatus.CANCELLED, ResultStatus.DUPLICATE);
  }

  @Test
  void aCancelledMailIsNotTriedAgain() {
    for (DeferralReason reason : DeferralReason.values()) {
      String id = "r-" + reason;
      mail.send(Lane.BULK, Requests.builder(id, "a@example.com").build());
      Delivery delivery = mail.dispatched(Lane.BULK).getFirst();
      delivery.setOnUncertain(OnUncertain.RESEND);
      mail.send(mail.topics.cancellations(), null, cancellation(id, "a@example.com"));
      assertThat(mail.results()).isEmpty();

      mail.send(mail.topics.deferrals(), null, deferral(delivery, reason));
      mail.advance(Duration.ofMinutes(2));
      assertThat(mail.dispatched(Lane.BULK)).isEmpty();
      assertThat(mail.results())
          .extracting(SendResult::getStatus)
          .containsExactly(
              reason == DeferralReason.UNCERTAIN ? ResultStatus.UNCERTAIN : ResultStatus.CANCELLED);
    }
  }

  private static Cancellation cancellation(String key, String recipient) {
    return new Cancellation("acme", key, recipient, null, MailDriver.START);
  }

  private Deferral deferral(Delivery delivery, DeferralReason reason) {
    return Deferral.newBuilder()
        .setDelivery(delivery)
        .setReason(reason)
        .setDeferredAt(mail.now())
        .build();
  }
}

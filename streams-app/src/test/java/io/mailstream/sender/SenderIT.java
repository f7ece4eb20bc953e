package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class SenderIT {

  @Test
  void sendsWhatIsDispatchedTellsOfItAndDeletesIt() {
    try (SenderRig rig = new SenderRig()) {
      List<Delivery> deliveries = rig.dispatch(40);
      SenderRole sender = rig.start("a", Checkpoints.NONE, purging());

      SenderRig.await("40 results", () -> rig.results().size() >= 40);

      assertThat(rig.results())
          .hasSize(40)
          .allMatch(result -> result.getStatus() == ResultStatus.SENT)
          .allMatch(result -> result.getAttempts() == 1 && result.getSentAt() != null)
          .allMatch(r -> r.getProviderMessageId().equals("m-" + r.getDeliveryId()))
          .extracting(SendResult::getDeliveryId)
          .containsExactlyInAnyOrderElementsOf(
              deliveries.stream().map(Delivery::getDeliveryId).toList());
      assertThat(rig.provider.calls()).hasSize(40).doesNotContainValue(2);
      assertThat(rig.count("outcomes", "kind", "sent")).isEqualTo(40);
      SenderRig.await("an empty topic", () -> rig.kept() == 0);
      assertThat(SenderRig.unready(sender)).isEmpty();
      assertThat(SenderRig.dead(sender)).isEmpty();
    }
  }

  private static Map<String, String> purging() {
    return Map.of(SenderConfig.PURGE_INTERVAL, "100");
  }

  @Test
  void everyOutcomeOfACallHasItsRecord() {
    try (SenderRig rig = new SenderRig()) {
      Instant later = Instant.ofEpochMilli(Instant.now().toEpochMilli() + 60_000);
      Map<String, SendOutcome> answers =
          Map.of(
              "rejected@example.com",
              new SendOutcome.Rejected(ReasonCode.ESP_REJECTED, "no such thing"),
              "later@example.com",
              new SendOutcome.Deferred(
                  Scope.MESSAGE, Optional.of(later), ReasonCode.ESP_UNAVAILABLE, "try later"),
              "identity@example.com",
              new SendOutcome.Deferred(
                  Scope.IDENTITY, Optional.of(later), ReasonCode.ESP_REJECTED, "not verified"),
              "cut@example.com",
              new SendOutcome.Ambiguous("reset after the request was written"));
      rig.provider.answers(delivery -> answers.get(delivery.getRecipient().getAddress()));
      answers.keySet().forEach(address -> rig.dispatch(List.of(rig.delivery(Lane.BULK, address))));
      Delivery tooLate = rig.delivery(Lane.TRANSACTIONAL, "late@example.com");
      tooLate.setExpiresAt(Instant.now());
      Delivery elsewhere = rig.delivery(Lane.TRANSACTIONAL, "elsewhere@example.com");
      elsewhere.setAccount("gone");
      rig.dispatch(List.of(tooLate, elsewhere));
      rig.start("a");

      SenderRig.await("2 results", () -> rig.results().size() >= 2);
      SenderRig.await("4 deferrals", () -> rig.deferrals().size() >= 4);

      Map<String, SendResult> results =
          rig.results().stream().collect(Collectors.toMap(SendResult::getRecipient, r -> r));
      assertThat(results.get("rejected@example.com").getStatus()).isEqualTo(ResultStatus.FAILED);
      assertThat(results.get("rejected@example.com").getReasons())
          .containsExactly(ReasonCode.ESP_REJECTED);
      assertThat(results.get("rejected@example.com").getAttempts()).isEqualTo(1);
      assertThat(results.get("late@example.com").getStatus()).isEqualTo(ResultStatus.EXPIRED);
      assertThat(results.get("late@example.com").getAttempts()).isZero();
      Map<String, Deferral> deferrals =
          rig.deferrals().stream()
              .collect(Collectors.toMap(d -> d.getDelivery().getRecipient().getAddress(), d -> d));
      assertThat(deferrals.get("later@example.com").getReason()).isEqualTo(DeferralReason.RETRY);
      assertThat(deferrals.get("later@example.com").getNotBefore()).isEqualTo(later);
      assertThat(deferrals.get("identity@example.com").getReason())
          .isEqualTo(DeferralReason.NOT_STARTED);
      assertThat(deferrals.get("cut@example.com").getReason()).isEqualTo(DeferralReason.UNCERTAIN);
      assertThat(deferrals.get("cut@example.com").getReasonCode())
          .isEqualTo(ReasonCode.OUTCOME_UNKNOWN);
      assertThat(deferrals.get("elsewhere@example.com").getReason())
          .isEqualTo(DeferralReason.NOT_STARTED);
      assertThat(deferrals.get("elsewhere@example.com").getReasonCode())
          .isEqualTo(ReasonCode.UNKNOWN_ACCOUNT);
      assertThat(rig.provider.calls()).hasSize(4).doesNotContainValue(2);
    }
  }

  @Test
  void aParkedAccountHandsTheRestBack() {
    try (SenderRig rig = new SenderRig()) {
      Instant later = Instant.ofEpochMilli(Instant.now().toEpochMilli() + 600_000);
      rig.provider.answers(delivery ->
          new SendOutcome.Deferred(
              Scope.ACCOUNT, Optional.of(later), ReasonCode.ACCOUNT_PARKED, "sending is paused"));
      SenderRole sender = rig.start("a", Checkpoints.NONE, Map.of(SenderConfig.OPEN_SENDS, "1"));
      rig.dispatch(30);

      SenderRig.await("30 deferrals", () -> rig.deferrals().size() >= 30);

      assertThat(rig.deferrals())
          .allMatch(deferral -> deferral.getReason() == DeferralReason.ACCOUNT_PARKED)
          .allMatch(deferral -> deferral.getNotBefore().equals(later));
      assertThat(rig.provider.calls()).hasSize(1);
      assertThat(SenderRig.unready(sender)).contains("sending is paused");
    }
  }

  @Test
  void aProviderThatFailsAgainAndAgainIsLeftAlone() {
    try (SenderRig rig = new SenderRig()) {
      rig.provider.answers(delivery -> new SendOutcome.Ambiguous("no answer"));
      rig.start("a", Checkpoints.NONE, Map.of(SenderConfig.OPEN_SENDS, "4"));
      rig.dispatch(200);

      SenderRig.await("200 deferrals", () -> rig.deferrals().size() >= 200);

      assertThat(rig.deferrals())
          .allMatch(deferral ->
              switch (deferral.getReason()) {
                case UNCERTAIN -> rig.provider.calls(id(deferral)) == 1;
                case NOT_STARTED -> rig.provider.calls(id(deferral)) == 0;
                default -> false;
              });
      assertThat(rig.provider.calls().size()).isBetween(20, 60);
    }
  }

  private static String id(Deferral deferral) {
    return deferral.getDelivery().getDeliveryId();
  }

  @Test
  void whatCannotBeReadGoesToTheDeadLettersAndTheLineGoesOn() {
    try (SenderRig rig = new SenderRig()) {
      String topic = rig.topics.dispatch(Lane.TRANSACTIONAL);
      rig.produce(topic, "jane@example.com", "not Avro".getBytes(StandardCharsets.UTF_8));
      rig.produce(topic, "jane@example.com", new byte[] {0, 0, 1, (byte) 0xE2, 0x40, 1});
      rig.dispatch(List.of(rig.delivery(Lane.TRANSACTIONAL, "jane@example.com")));
      rig.start("a");

      SenderRig.await("a result", () -> rig.results().size() >= 1);
      SenderRig.await("2 dead letters", () -> rig.readRaw(rig.topics.deadLetters()).size() >= 2);

      List<ConsumerRecord<byte[], byte[]>> letters = rig.readRaw(rig.topics.deadLetters());
      assertThat(letters).hasSize(2);
      assertThat(new String(letters.getFirst().value(), StandardCharsets.UTF_8))
          .isEqualTo("not Avro");
      assertThat(header(letters.getFirst(), DeadLetterHeaders.ORIGIN_TOPIC)).isEqualTo(topic);
      assertThat(header(letters.getFirst(), DeadLetterHeaders.ORIGIN_OFFSET)).isEqualTo("0");
      assertThat(header(letters.getFirst(), DeadLetterHeaders.REASON)).contains("magic byte");
      assertThat(rig.count("outcomes", "kind", "unreadable")).isEqualTo(2);
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void urgentMailFindsSlotsHoweverMuchBulkIsUnderWay() throws InterruptedException {
    try (SenderRig rig = new SenderRig()) {
      CountDownLatch hold = new CountDownLatch(1);
      rig.provider.answers(delivery -> {
        if (delivery.getLane() == Lane.BULK) {
          SenderRig.await(hold);
        }
        return new SendOutcome.Accepted("m");
      });
      List<Delivery> bulk = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        bulk.add(rig.delivery(Lane.BULK));
      }
      rig.dispatch(bulk);
      rig.start("a", Checkpoints.NONE, Map.of(SenderConfig.OPEN_SENDS, "20"));
      // 20 open sends: 14 slots, of which bulk may use four fifths.
      SenderRig.await("bulk in all its slots", () -> rig.provider.calls().size() >= 11);
      rig.dispatch(List.of(rig.delivery(Lane.TRANSACTIONAL, "urgent@example.com")));

      SenderRig.await("the urgent result", () -> rig.results().size() >= 1);

      assertThat(rig.results()).extracting(SendResult::getLane).containsOnly(Lane.TRANSACTIONAL);
      assertThat(rig.provider.calls()).hasSize(12);
      hold.countDown();
      SenderRig.await("all", () -> rig.results().size() >= 101);
    }
  }

  @Test
  void aSlowCallHoldsThePrefixButTheWindowIsBounded() {
    try (SenderRig rig = new SenderRig()) {
      CountDownLatch hold = new CountDownLatch(1);
      rig.provider.answers(delivery -> {
        if (delivery.getDeliveryId().equals("d00000")) {
          SenderRig.await(hold);
        }
        return new SendOutcome.Accepted("m");
      });
      List<Delivery> same = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        same.add(rig.delivery(Lane.BULK, "jane@example.com"));
      }
      rig.dispatch(same);
      rig.start("a", Checkpoints.NONE, Map.of(SenderConfig.WINDOW, "50"));

      SenderRig.await("the window to fill", () -> rig.results().size() >= 49);
      rig.dispatch(List.of(rig.delivery(Lane.TRANSACTIONAL, "john@example.com")));
      SenderRig.await("another partition goes on", () -> rig.results().size() >= 50);

      assertThat(rig.provider.calls()).hasSize(51);
      hold.countDown();
      SenderRig.await("all", () -> rig.results().size() >= 201);
      assertThat(rig.provider.calls()).doesNotContainValue(2);
    }
  }
}

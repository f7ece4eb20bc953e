package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.RecipientField;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.SuppressionCommand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One mail's way through all steps, in the driver; two partitions, so that some take the hop. */
class PipelineTest {

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
  void aRequestIsDispatchedOncePerRecipientUnderItsKey() {
    mail.send(
        Lane.TRANSACTIONAL,
        Requests.builder("r1", "Ann@Example.com", "bob@example.com")
            .setCc(List.of(Requests.recipient("ann@example.COM")))
            .setBcc(List.of(Requests.recipient("carl@example.com")))
            .build());

    List<TestRecord<String, SpecificRecord>> records =
        mail.records(mail.topics.dispatch(Lane.TRANSACTIONAL));
    assertThat(records)
        .extracting(TestRecord::key)
        .containsExactlyInAnyOrder("ann@example.com", "bob@example.com", "carl@example.com");
    Delivery carl =
        records.stream()
            .map(record -> (Delivery) record.value())
            .filter(delivery -> delivery.getRecipient().getAddress().startsWith("carl"))
            .findFirst()
            .orElseThrow();
    assertThat(carl.getRecipientField()).isEqualTo(RecipientField.BCC);
    assertThat(carl.getAccount()).isEqualTo("ses");
    assertThat(carl.getDispatchedAt()).isEqualTo(mail.now());
    assertThat(carl.getTo()).extracting("address").contains("Ann@Example.com", "bob@example.com");
    assertThat(carl.getCc()).extracting("address").containsExactly("ann@example.COM");
    assertThat(mail.dispatched(Lane.BULK)).isEmpty();
    assertThat(mail.results()).isEmpty();
  }

  @Test
  void bothPartitionsOfRecipientsGetThrough() {
    for (int i = 0; i < 20; i++) {
      mail.send(Lane.BULK, Requests.of("r" + i, "u" + i + "@example.com"));
    }
    assertThat(mail.dispatched(Lane.BULK)).hasSize(20);
    assertThat(mail.written()).anyMatch(topic -> topic.endsWith("hop-bulk-repartition"));
  }

  @Test
  void aRepeatEndsAsDuplicateAndNamesTheFirst() {
    mail.send(Lane.BULK, Requests.builder("r1", "ann@example.com").setIdempotencyKey("k").build());
    mail.send(Lane.BULK, Requests.builder("r2", "ANN@example.com").setIdempotencyKey("k").build());

    assertThat(mail.dispatched(Lane.BULK)).hasSize(1);
    SendResult result = only(mail.results());
    assertThat(result.getStatus()).isEqualTo(ResultStatus.DUPLICATE);
    assertThat(result.getRequestId()).isEqualTo("r2");
    assertThat(result.getDuplicateOf()).isEqualTo("r1");
  }

  @Test
  void aRepeatIsFoundThroughTheWholeWindow() {
    mail.send(Lane.BULK, Requests.of("r1", "ann@example.com"));
    mail.advance(Duration.ofHours(24));
    mail.send(Lane.BULK, Requests.of("r1", "ann@example.com"));
    assertThat(mail.dispatched(Lane.BULK)).hasSize(1);
    mail.advance(Duration.ofHours(37));
    mail.send(Lane.BULK, Requests.of("r1", "ann@example.com"));
    assertThat(mail.dispatched(Lane.BULK)).hasSize(1);
  }

  @Test
  void anInvalidRequestEndsInOneResultPerRecipientWithEveryReason() {
    mail.send(
        Lane.BULK,
        Requests.builder("r1", "ann@example.com", "no address")
            .setTenant("nobody")
            .setSubject("a\r\nBcc: x@example.com")
            .build());

    List<SendResult> results = mail.results();
    assertThat(results).extracting(SendResult::getStatus).containsOnly(ResultStatus.REJECTED);
    assertThat(results)
        .extracting(SendResult::getRecipient)
        .containsExactlyInAnyOrder("ann@example.com", "no address");
    assertThat(results)
        .allSatisfy(result ->
            assertThat(result.getReasons())
                .containsExactlyInAnyOrder(
                    ReasonCode.INVALID_ADDRESS,
                    ReasonCode.UNKNOWN_TENANT,
                    ReasonCode.HEADER_INJECTION));
    assertThat(mail.dispatched(Lane.BULK)).isEmpty();
  }

  @Test
  void aRequestWithoutRecipientsGetsOneResultUnderItsId() {
    mail.send(Lane.BULK, Requests.of("r1"));
    TestRecord<String, SpecificRecord> record = only(mail.records(mail.topics.results()));
    assertThat(record.key()).isEqualTo("r1");
    assertThat(((SendResult) record.value()).getReasons())
        .containsExactly(ReasonCode.NO_RECIPIENTS);
  }

  @Test
  void aHardBounceKeepsTheNextMailBack() {
    mail.send(Lane.BULK, Requests.of("r1", "ann@example.com"));
    Delivery first = only(mail.dispatched(Lane.BULK));
    mail.send(
        mail.topics.feedback(),
        "any key",
        event(
            first,
            FeedbackType.BOUNCED,
            new Bounce(
                BounceClass.PERMANENT, BounceCategory.INVALID_RECIPIENT, "5.1.1", null, null)));
    assertThat(only(mail.suppressions()).getAddress()).isEqualTo("ann@example.com");

    mail.send(Lane.BULK, Requests.of("r2", "ann@example.com"));
    assertThat(mail.dispatched(Lane.BULK)).isEmpty();
    assertThat(only(mail.results()).getReasons()).containsExactly(ReasonCode.SUPPRESSED);
  }

  @Test
  void aCommandAndAnImportSuppressToo() {
    mail.send(mail.topics.suppressionCommands(), null, add("c1", "ann@example.com"));
    mail.send(mail.topics.suppressionImports(), null, add("c2", "bob@example.com"));
    mail.send(Lane.BULK, Requests.of("r1", "ann@example.com", "bob@example.com"));
    assertThat(mail.dispatched(Lane.BULK)).isEmpty();
    assertThat(mail.results())
        .extracting(SendResult::getReasons)
        .containsExactly(List.of(ReasonCode.SUPPRESSED), List.of(ReasonCode.SUPPRESSED));
  }

  @Test
  void evidenceThatCameFirstSettlesAnUncertainSendAtOnce() {
    mail.send(Lane.TRANSACTIONAL, Requests.of("r1", "ann@example.com"));
    Delivery delivery = only(mail.dispatched(Lane.TRANSACTIONAL));
    mail.send(mail.topics.feedback(), null, event(delivery, FeedbackType.SENT, null));
    mail.send(mail.topics.deferrals(), null, deferral(delivery, DeferralReason.UNCERTAIN));

    SendResult result = only(mail.results());
    assertThat(result.getStatus()).isEqualTo(ResultStatus.SENT);
    assertThat(result.getReasons()).containsExactly(ReasonCode.EVIDENCE_OF_SEND);
    assertThat(result.getProviderMessageId()).isEqualTo("m-1");
    mail.advance(Duration.ofHours(1));
    assertThat(mail.dispatched(Lane.TRANSACTIONAL)).isEmpty();
  }

  @Test
  void evidenceThatComesLaterSettlesWhatWaits() {
    mail.send(Lane.TRANSACTIONAL, Requests.of("r1", "ann@example.com"));
    Delivery delivery = only(mail.dispatched(Lane.TRANSACTIONAL));
    mail.send(mail.topics.deferrals(), null, deferral(delivery, DeferralReason.UNCERTAIN));
    assertThat(mail.results()).isEmpty();
    mail.send(mail.topics.feedback(), null, event(delivery, FeedbackType.REJECTED, null));
    SendResult result = only(mail.results());
    assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
    assertThat(result.getReasons())
        .containsExactly(ReasonCode.EVIDENCE_OF_FAILURE, ReasonCode.ESP_REJECTED);
  }

  @Test
  void aRetryComesBackAndMayStillBeSuppressed() {
    mail.send(Lane.TRANSACTIONAL, Requests.of("r1", "ann@example.com"));
    Delivery delivery = only(mail.dispatched(Lane.TRANSACTIONAL));
    mail.send(mail.topics.deferrals(), null, deferral(delivery, DeferralReason.RETRY));
    mail.advance(Duration.ofSeconds(11));
    Delivery again = only(mail.dispatched(Lane.TRANSACTIONAL));
    assertThat(again.getAttempt()).isEqualTo(2);

    mail.send(mail.topics.deferrals(), null, deferral(again, DeferralReason.RETRY));
    mail.send(mail.topics.suppressionCommands(), null, add("c1", "ann@example.com"));
    mail.advance(Duration.ofMinutes(1));
    assertThat(mail.dispatched(Lane.TRANSACTIONAL)).isEmpty();
    assertThat(only(mail.results()).getReasons()).containsExactly(ReasonCode.SUPPRESSED);
  }

  @Test
  void mailGoesRoundAnAccountThatIsParkedHereWhateverItsSenderReports() {
    var twoWays = Requests.builder("r1", "a@example.com").setStream("two-ways");
    mail.send(Lane.BULK, twoWays.build());
    Delivery first = mail.dispatched(Lane.BULK).getFirst();
    assertThat(first.getAccount()).isEqualTo("ses");

    mail.send(mail.topics.deferrals(), null, deferral(first, DeferralReason.ACCOUNT_PARKED));
    mail.send(Lane.BULK, twoWays.setRequestId("r2").build());
    assertThat(mail.dispatched(Lane.BULK))
        .extracting(Delivery::getAccount)
        .containsExactly("other", "other");
  }

  @Test
  void overTheLimitMeansLater() {
    for (int i = 0; i < 6; i++) {
      mail.send(
          Lane.BULK, Requests.builder("r" + i, "ann@example.com").setStream("limited").build());
    }
    int atOnce = mail.dispatched(Lane.BULK).size();
    assertThat(atOnce).isLessThan(6);
    for (int i = 0; i < 60; i++) {
      mail.advance(Duration.ofSeconds(1));
    }
    assertThat(mail.dispatched(Lane.BULK)).hasSize(6 - atOnce);
  }

  @Test
  void whatExpiredMeanwhileIsNotSent() {
    mail.send(
        Lane.BULK,
        Requests.builder("r1", "ann@example.com").setExpiresAt(mail.now().minusSeconds(1)).build());
    assertThat(only(mail.results()).getStatus()).isEqualTo(ResultStatus.EXPIRED);
  }

  /** What cannot be decoded at all is shown on a broker: the driver loses those letters. */
  @Test
  void whatIsNoInputOfItsTopicGoesToTheDeadLetters() {
    mail.raw(mail.topics.requests(Lane.BULK), "k", null);
    mail.send(mail.topics.feedback(), "k", add("c1", "ann@example.com"));
    mail.send(mail.topics.suppressionCommands(), "k", add("c2", "no address"));
    mail.send(Lane.BULK, Requests.of("r1", "ann@example.com"));

    List<TestRecord<byte[], byte[]>> letters = mail.bytes(mail.topics.deadLetters());
    assertThat(letters)
        .extracting(letter -> header(letter, DeadLetterHeaders.ORIGIN_TOPIC))
        .containsExactly("mail.requests.bulk", "mail.feedback", "mail.suppression-commands");
    assertThat(letters)
        .extracting(letter -> header(letter, DeadLetterHeaders.REASON))
        .containsExactly(
            "expected a SendRequest, found no value",
            "expected a FeedbackEvent, found io.mailstream.v1.SuppressionCommand",
            "the SuppressionCommand names no address: give local-part@domain");
    assertThat(letters)
        .allSatisfy(letter -> {
          assertThat(header(letter, DeadLetterHeaders.ORIGIN_OFFSET)).containsOnlyDigits();
          assertThat(letter.timestamp()).isGreaterThan(Instant.now().toEpochMilli() - 60_000);
        });
    assertThat(mail.dispatched(Lane.BULK)).hasSize(1);
  }

  @Test
  void nothingThatIsWrittenCarriesAShiftedTimestamp() {
    mail.send(Lane.TRANSACTIONAL, Requests.of("r1", "ann@example.com", "bob@example.com"));
    mail.send(Lane.BULK, Requests.of("r1", "ann@example.com", "nobody"));
    Delivery delivery = mail.dispatched(Lane.TRANSACTIONAL).getFirst();
    mail.send(Lane.BULK, Requests.of("r2", "ann@example.com", "dora@example.com"));
    mail.send(mail.topics.deferrals(), null, deferral(delivery, DeferralReason.RETRY));
    mail.send(mail.topics.suppressionImports(), null, add("c1", "carl@example.com"));
    mail.advance(Duration.ofSeconds(30));

    assertThat(mail.written()).anyMatch(topic -> topic.endsWith("-changelog"));
    for (String topic : mail.written()) {
      if (!topic.endsWith("-repartition")) {
        assertThat(mail.bytes(topic))
            .as(topic)
            .allSatisfy(record ->
                assertThat(record.timestamp())
                    .isBetween(MailDriver.START.toEpochMilli(), mail.now().toEpochMilli()));
      }
    }
  }

  /** What docs say of the counters: accepted + returned = ended + dispatched + held. */
  @Test
  void theCountersAddUp() {
    mail.send(Lane.TRANSACTIONAL, Requests.of("r1", "ann@example.com", "bob@example.com"));
    mail.send(Lane.TRANSACTIONAL, Requests.of("r1", "ann@example.com", "bob@example.com"));
    mail.send(Lane.BULK, Requests.of("r2", "nobody"));
    mail.send(Lane.BULK, Requests.of("r3"));
    Delivery delivery = mail.dispatched(Lane.TRANSACTIONAL).getFirst();
    mail.send(mail.topics.deferrals(), null, deferral(delivery, DeferralReason.RETRY));
    for (int i = 0; i < 6; i++) {
      mail.send(
          Lane.BULK, Requests.builder("l" + i, "eve@example.com").setStream("limited").build());
    }
    assertAddsUp();
    assertThat(mail.sum("mailstream.hold.deliveries")).isPositive();
    mail.advance(Duration.ofMinutes(5));
    assertAddsUp();
  }

  private void assertAddsUp() {
    double in =
        mail.sum("mailstream.deliveries.accepted") + mail.sum("mailstream.deliveries.returned");
    double out =
        mail.sum("mailstream.deliveries.ended") + mail.sum("mailstream.deliveries.dispatched");
    assertThat(in).isPositive();
    assertThat(out + mail.sum("mailstream.hold.deliveries")).isEqualTo(in);
  }

  private static String header(TestRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private FeedbackEvent event(Delivery delivery, FeedbackType type, Bounce bounce) {
    return FeedbackEvent.newBuilder()
        .setEventId("e-" + type)
        .setProvider("ses")
        .setType(type)
        .setRecipient(delivery.getRecipient().getAddress())
        .setDeliveryId(delivery.getDeliveryId())
        .setTenant(delivery.getTenant())
        .setStream(delivery.getStream())
        .setProviderMessageId("m-1")
        .setBounce(bounce)
        .setOccurredAt(mail.now())
        .setReceivedAt(mail.now())
        .build();
  }

  private Deferral deferral(Delivery delivery, DeferralReason reason) {
    return Deferral.newBuilder()
        .setDelivery(delivery)
        .setReason(reason)
        .setDeferredAt(mail.now())
        .build();
  }

  private SuppressionCommand add(String id, String address) {
    return SuppressionCommand.newBuilder()
        .setCommandId(id)
        .setAction(CommandAction.ADD)
        .setAddress(address)
        .setIssuedAt(mail.now())
        .build();
  }

  private static <T> T only(List<T> all) {
    assertThat(all).hasSize(1);
    return all.getFirst();
  }
}

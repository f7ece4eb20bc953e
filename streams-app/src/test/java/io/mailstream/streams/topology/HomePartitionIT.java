package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.SuppressionCommand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever key a record comes with, one task has all that concerns an address. */
class HomePartitionIT {

  private static final int PARTITIONS = 3;
  private static final int ADDRESSES = 12;

  @Test
  void foreignKeysAreStillRight(@TempDir Path directory) {
    try (LiveMail mail =
        new LiveMail(directory, PARTITIONS, MailDriver.POLICIES, Map.of()).start()) {
      mail.awaitReady();
      assertHopsAreKnownByName(mail);
      for (int i = 0; i < ADDRESSES; i++) {
        // Each comes in once without a key, once under its own, once in a partition of chance.
        String address = "User" + i + "@Example.com";
        Lane lane = i % 2 == 0 ? Lane.BULK : Lane.TRANSACTIONAL;
        String topic = mail.topics.requests(lane);
        mail.send(topic, null, Requests.of("same" + i, address));
        mail.send(topic, RecipientKey.bytes(address), Requests.of("same" + i, address));
        mail.raw(
            topic, i % PARTITIONS, LiveMail.utf8("order-" + i), bytes(mail, topic, i, address));
      }
      mail.flush();

      List<ConsumerRecord<byte[], byte[]>> dispatched =
          mail.read(
              Set.of(mail.topics.dispatch(Lane.BULK), mail.topics.dispatch(Lane.TRANSACTIONAL)),
              records -> records.size() >= ADDRESSES);
      List<ConsumerRecord<byte[], byte[]>> results =
          mail.read(mail.topics.results(), 2 * ADDRESSES);
      assertThat(dispatched).hasSize(ADDRESSES);
      assertThat(results)
          .hasSize(2 * ADDRESSES)
          .allSatisfy(record ->
              assertThat(((SendResult) mail.record(record)).getStatus())
                  .isEqualTo(ResultStatus.DUPLICATE));
      dispatched.forEach(record -> assertAtHome(record));
      results.forEach(record -> assertAtHome(record));

      mail.raw(mail.topics.requests(Lane.BULK), 0, null, LiveMail.utf8("not Avro"));
      suppress(mail, dispatched);
      for (int i = 0; i < ADDRESSES; i++) {
        mail.send(
            mail.topics.requests(Lane.TRANSACTIONAL),
            LiveMail.utf8("k" + i),
            Requests.of("later" + i, "user" + i + "@example.com"));
      }
      mail.flush();
      assertThat(mail.read(mail.topics.results(), 3 * ADDRESSES))
          .filteredOn(record ->
              ((SendResult) mail.record(record)).getReasons().contains(ReasonCode.SUPPRESSED))
          .hasSize(ADDRESSES);
      assertNothingIsOld(mail);
    }
  }

  /** A third by bounce, a third by command, a third by import; each under a foreign key. */
  private static void suppress(LiveMail mail, List<ConsumerRecord<byte[], byte[]>> dispatched) {
    for (int i = 0; i < ADDRESSES; i++) {
      Delivery delivery = (Delivery) mail.record(dispatched.get(i));
      String address = delivery.getRecipient().getAddress();
      byte[] key = LiveMail.utf8("some key " + i);
      switch (i % 3) {
        case 0 -> mail.send(mail.topics.feedback(), key, bounce(i, delivery));
        case 1 -> mail.send(mail.topics.suppressionCommands(), null, command(i, address));
        default -> mail.send(mail.topics.suppressionImports(), key, command(i, address));
      }
    }
    mail.flush();
    List<ConsumerRecord<byte[], byte[]>> suppressions =
        mail.read(mail.topics.suppressions(), ADDRESSES);
    assertThat(suppressions).hasSize(ADDRESSES);
    suppressions.forEach(record -> assertAtHome(record));
  }

  /** The consumer that looks after what is urgent first knows the hops by their names. */
  private static void assertHopsAreKnownByName(LiveMail mail) {
    assertThat(mail.internalTopics("-repartition"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(LaneClass.values())
                .map(laneClass -> Intake.hopTopic(mail.applicationId, laneClass))
                .toList());
  }

  private static void assertAtHome(ConsumerRecord<byte[], byte[]> record) {
    String key = new String(record.key(), StandardCharsets.UTF_8);
    assertThat(record.partition()).isEqualTo(HomePartition.partition(key, PARTITIONS));
  }

  /** Shifted timestamps end before anything is written that lasts. */
  private static void assertNothingIsOld(LiveMail mail) {
    Set<String> lasting = new HashSet<>(mail.internalTopics("-changelog"));
    assertThat(lasting).hasSizeGreaterThanOrEqualTo(4);
    lasting.add(mail.topics.results());
    lasting.add(mail.topics.suppressions());
    lasting.add(mail.topics.dispatch(Lane.BULK));
    lasting.add(mail.topics.dispatch(Lane.TRANSACTIONAL));
    assertThat(mail.read(mail.topics.deadLetters(), 1)).hasSize(1);
    lasting.add(mail.topics.deadLetters());
    List<ConsumerRecord<byte[], byte[]>> records = mail.readAll(lasting);
    assertThat(records).extracting(ConsumerRecord::topic).containsAll(withRecords(mail));
    // Nothing was written before the start: a stricter bound than a minute, on a slow machine too.
    assertThat(records)
        .allSatisfy(record ->
            assertThat(record.timestamp())
                .as(record.topic())
                .isBetween(mail.startedAt(), System.currentTimeMillis()));
  }

  private static Set<String> withRecords(LiveMail mail) {
    return Set.of(
        mail.topics.results(),
        mail.topics.suppressions(),
        mail.topics.dispatch(Lane.BULK),
        mail.topics.dispatch(Lane.TRANSACTIONAL),
        mail.topics.deadLetters());
  }

  private static byte[] bytes(LiveMail mail, String topic, int i, String address) {
    return mail.bytes(topic, Requests.of("same" + i, address));
  }

  private static FeedbackEvent bounce(int i, Delivery delivery) {
    return FeedbackEvent.newBuilder()
        .setEventId("e" + i)
        .setProvider("ses")
        .setType(FeedbackType.BOUNCED)
        .setRecipient(delivery.getRecipient().getAddress())
        .setDeliveryId(delivery.getDeliveryId())
        .setBounce(
            new Bounce(
                BounceClass.PERMANENT, BounceCategory.INVALID_RECIPIENT, "5.1.1", null, null))
        .setOccurredAt(Instant.now())
        .setReceivedAt(Instant.now())
        .build();
  }

  private static SuppressionCommand command(int i, String address) {
    return SuppressionCommand.newBuilder()
        .setCommandId("c" + i)
        .setAction(CommandAction.ADD)
        .setAddress(address)
        .setIssuedAt(Instant.now())
        .build();
  }
}

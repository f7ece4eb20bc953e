package io.mailstream.streams.suppress;

import static io.mailstream.streams.suppress.Events.ADDRESS;
import static io.mailstream.streams.suppress.Events.command;
import static io.mailstream.streams.suppress.Events.event;
import static io.mailstream.streams.suppress.Events.hardBounce;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.RecipientHash;
import io.mailstream.store.SuppressionState;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionReason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SuppressStepTest {

  private static final Duration MONTH = Duration.ofDays(30);
  private static final String OLD_KEY = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final RecipientHash KEYED =
      RecipientHash.of("k2:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=," + OLD_KEY);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AnyRecordSerde serde = new AnyRecordSerde();

  private TopologyTestDriver driver;
  private TestInputTopic<String, SpecificRecord> in;
  private TestOutputTopic<String, SpecificRecord> next;
  private TestOutputTopic<String, SpecificRecord> results;
  private TestOutputTopic<String, SpecificRecord> suppressions;

  @BeforeEach
  void start() {
    start(RecipientHash.NONE);
  }

  private void start(RecipientHash hash) {
    Topology topology = new Topology();
    topology.addSource("in", Serdes.String().deserializer(), serde.deserializer(), "in");
    topology.addProcessor(
        "suppress",
        new SuppressStep(
            SuppressionStore.builder(),
            Events.bouncesExpireAfter(MONTH),
            hash,
            new SuppressStep.Outputs("next", "results", "suppressions"),
            meters),
        "in");
    for (String sink : List.of("next", "results", "suppressions")) {
      if (!sink.equals("suppressions")) {
        topology.addSink(sink, sink, new StringSerializer(), serde.serializer(), "suppress");
      }
    }
    topology.addSink(
        "suppressions",
        "suppressions",
        PlacedKey.serializer(),
        serde.serializer(),
        PlacedKey.partitioner(),
        "suppress");
    driver = new TopologyTestDriver(topology, new Properties(), Instant.ofEpochMilli(Events.NOW));
    in = driver.createInputTopic("in", new StringSerializer(), serde.serializer());
    next = output("next");
    results = output("results");
    suppressions = output("suppressions");
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void mailToAnAddressOfWhichNothingIsKnownGoesOn() {
    in.pipeInput(ADDRESS, delivery(1));

    assertThat(next.readValue()).isEqualTo(delivery(1));
    assertThat(results.isEmpty()).isTrue();
    assertThat(count("mailstream.suppress.deliveries", "outcome", "passed")).isEqualTo(1);
  }

  @Test
  void aHardBounceIsRememberedAndTheNextMailIsRejected() {
    in.pipeInput(ADDRESS, hardBounce("e1"));
    in.pipeInput(ADDRESS, delivery(1));

    assertThat(next.readValuesToList()).containsExactly(hardBounce("e1"));
    Suppression published = (Suppression) suppressions.readValue();
    assertThat(published.getAddress()).isEqualTo(ADDRESS);
    assertThat(published.getCausedBy()).isEqualTo("e1");
    assertThat(published.getEntries()).hasSize(1);
    SendResult result = (SendResult) results.readValue();
    assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
    assertThat(result.getReasons()).containsExactly(ReasonCode.SUPPRESSED);
    assertThat(result.getAttempts()).isZero();
    assertThat(result.getDetail())
        .contains("HARD_BOUNCE", "every tenant", "e1")
        .doesNotContain("jane");
    assertThat(count("mailstream.suppress.deliveries", "outcome", "suppressed")).isEqualTo(1);
  }

  @Test
  void anEndedSuppressionLetsMailThrough() {
    in.pipeInput(ADDRESS, hardBounce("e1"));
    driver.advanceWallClockTime(MONTH);
    in.pipeInput(ADDRESS, delivery(1));

    assertThat(next.readValuesToList()).contains(delivery(1));
    assertThat(results.isEmpty()).isTrue();
  }

  @Test
  void anUnsubscribeStopsItsStreamOnly() {
    in.pipeInput(ADDRESS, event("e1", FeedbackType.UNSUBSCRIBED).build());
    Delivery receipt = Delivery.newBuilder(delivery(1)).setStream("receipts").build();
    in.pipeInput(ADDRESS, delivery(1));
    in.pipeInput(ADDRESS, receipt);

    assertThat(results.readValuesToList()).hasSize(1);
    assertThat(next.readValuesToList()).contains(receipt).doesNotContain(delivery(1));
  }

  @Test
  void aRepeatedOrSoftBounceWritesNoRecordAndGoesOn() {
    in.pipeInput(ADDRESS, hardBounce("e1"));
    in.pipeInput(ADDRESS, hardBounce("e1"));
    in.pipeInput(ADDRESS, Events.bounce("e2", BounceClass.TRANSIENT, BounceCategory.MAILBOX_FULL));

    assertThat(suppressions.readValuesToList()).hasSize(1);
    assertThat(next.readValuesToList()).hasSize(3);
    assertThat(count("mailstream.suppress.updates", "outcome", "repeated")).isEqualTo(1);
    assertThat(count("mailstream.suppress.updates", "outcome", "counted")).isEqualTo(1);
  }

  @Test
  void everyCommandIsAnsweredWithARecordAndEndsHere() {
    in.pipeInput(ADDRESS, command("c1", CommandAction.REMOVE).build());
    in.pipeInput(ADDRESS, command("c2", CommandAction.ADD).setTenant("shop").build());
    in.pipeInput(ADDRESS, command("c2", CommandAction.ADD).setTenant("shop").build());
    in.pipeInput(ADDRESS, command("c3", CommandAction.REMOVE).setTenant("shop").build());
    in.pipeInput(ADDRESS, command("c4", CommandAction.ADD).setStream("news").build());

    assertThat(next.isEmpty()).isTrue();
    List<Suppression> answers =
        suppressions.readValuesToList().stream().map(Suppression.class::cast).toList();
    assertThat(answers)
        .extracting(Suppression::getCausedBy)
        .containsExactly("c1", "c2", "c2", "c3", "c4");
    assertThat(answers)
        .extracting(answer -> answer.getEntries().size())
        .containsExactly(0, 1, 1, 0, 0);
  }

  @Test
  void aManualEntryStopsAllMailOfItsTenant() {
    in.pipeInput(ADDRESS, command("c1", CommandAction.ADD).setTenant("shop").build());
    in.pipeInput(ADDRESS, delivery(1));

    assertThat(((SendResult) results.readValue()).getDetail())
        .contains(SuppressionReason.MANUAL.name(), "tenant 'shop'");
  }

  @Test
  void aMailThatWasTriedBeforeCountsItsAttempts() {
    in.pipeInput(ADDRESS, hardBounce("e1"));
    in.pipeInput(ADDRESS, delivery(3));

    assertThat(((SendResult) results.readValue()).getAttempts()).isEqualTo(2);
  }

  @Test
  void whatIsNotItsOwnGoesOnUnchanged() {
    Deferral deferral =
        Deferral.newBuilder()
            .setDelivery(delivery(1))
            .setReason(DeferralReason.RETRY)
            .setDeferredAt(Instant.ofEpochMilli(Events.NOW))
            .build();
    in.pipeInput(ADDRESS, deferral);
    in.pipeInput(ADDRESS, event("e1", FeedbackType.DELIVERED).build());

    assertThat(next.readValuesToList()).hasSize(2).contains(deferral);
    assertThat(suppressions.isEmpty()).isTrue();
    assertThat(driver.getKeyValueStore(SuppressionStore.NAME).all().hasNext()).isFalse();
  }

  @Test
  void withAKeyNoClearAddressIsKeptAndAllIsFound() {
    driver.close();
    start(KEYED);
    in.pipeInput(ADDRESS, hardBounce("e1"));
    in.pipeInput(ADDRESS, delivery(1));

    assertThat(results.readValuesToList()).hasSize(1);
    KeyValue<String, SpecificRecord> published = suppressions.readKeyValue();
    assertThat(published.key).isEqualTo(KEYED.current(ADDRESS)).startsWith("hmac:k2:");
    assertThat(published.value.toString()).doesNotContain("jane");
    KeyValueStore<String, SuppressionState> store = driver.getKeyValueStore(SuppressionStore.NAME);
    assertThat(store.get(ADDRESS)).isNull();
    assertThat(store.get(published.key).toString())
        .doesNotContain("jane")
        .contains("550 5.1.1 <(address)> unknown");
  }

  @Test
  void whatWasKeptUnderAnotherKeyIsFoundAndMovesWithItsNextChange() {
    driver.close();
    start(KEYED);
    KeyValueStore<String, SuppressionState> store = driver.getKeyValueStore(SuppressionStore.NAME);
    String before = RecipientHash.of(OLD_KEY).current(ADDRESS);
    store.put(
        before, SuppressionUpdate.of(null, hardBounce("e1"), Events.FOREVER, Events.NOW).state());

    in.pipeInput(ADDRESS, delivery(1));
    assertThat(results.readValuesToList()).hasSize(1);
    in.pipeInput(ADDRESS, event("e2", FeedbackType.COMPLAINED).build());

    assertThat(store.get(before)).isNull();
    assertThat(store.get(KEYED.current(ADDRESS)).getEntries()).hasSize(2);
    List<KeyValue<String, SpecificRecord>> published = suppressions.readKeyValuesToList();
    assertThat(published)
        .extracting(record -> record.key)
        .containsExactly(KEYED.current(ADDRESS), before);
    assertThat(published.getLast().value).isNull();
  }

  @Test
  void whatIsErasedLeavesOnlyWhatKeepsMailBack() {
    in.pipeInput(ADDRESS, hardBounce("e1"));
    in.pipeInput(ADDRESS, command("c1", CommandAction.ERASE).build());
    KeyValueStore<String, SuppressionState> store = driver.getKeyValueStore(SuppressionStore.NAME);
    SuppressionState left = store.get(ADDRESS);
    assertThat(left.getChanges()).isEmpty();
    assertThat(left.getEntries()).hasSize(1);
    assertThat(left.getEntries().getFirst().getNote()).isNull();
    assertThat(left.getEntries().getFirst().getSourceEventId()).isEqualTo("c1");

    in.pipeInput(ADDRESS, command("c2", CommandAction.REMOVE).build());
    in.pipeInput(ADDRESS, command("c3", CommandAction.ERASE).build());

    assertThat(store.get(ADDRESS)).isNull();
    List<KeyValue<String, SpecificRecord>> published = suppressions.readKeyValuesToList();
    assertThat(published.getLast().value).isNull();
    assertThat(published.getLast().key).isEqualTo(ADDRESS);
  }

  private double count(String meter, String tag, String value) {
    return meters.get(meter).tag(tag, value).counter().count();
  }

  private TestOutputTopic<String, SpecificRecord> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), serde.deserializer());
  }

  private static Delivery delivery(int attempt) {
    return Delivery.newBuilder()
        .setDeliveryId("0123456789abcdef0123456789abcdef")
        .setRequestId("r1")
        .setTenant("shop")
        .setIdempotencyKey("r1")
        .setStream("news")
        .setLane(Lane.TRANSACTIONAL)
        .setAttempt(attempt)
        .setRecipient(Recipient.newBuilder().setAddress("Jane@Example.com").build())
        .setOrigin(
            RecordOrigin.newBuilder()
                .setTopic("mail.requests")
                .setPartition(0)
                .setOffset(1)
                .build())
        .setAcceptedAt(Instant.ofEpochMilli(Events.NOW))
        .setFrom(Mailbox.newBuilder().setAddress("shop@example.org").build())
        .setContent(InlineContent.newBuilder().setText("Hello").build())
        .build();
  }
}

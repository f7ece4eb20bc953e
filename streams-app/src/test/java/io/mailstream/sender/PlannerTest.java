package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Account;
import io.mailstream.policy.Limit;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a head that must wait for its account does to the mail behind it. */
class PlannerTest {

  private static final long NOW = 1_000_000;
  private static final long LONG_AGO = Duration.ofSeconds(1).toNanos();
  private static final TopicPartition ID = new TopicPartition("mail.dispatch.transactional", 0);

  private final List<Delivery> topic = new ArrayList<>();
  private final SenderConfig config = SenderConfigs.with(Map.of());

  /** One that starts a single call, and one that starts any. */
  private final Map<String, AccountGate> accounts =
      Map.of(
          "slow",
          gate("slow", Optional.of(new Limit(0.1, 1))),
          "quick",
          gate("quick", Optional.empty()));

  private final SuppressionView nothing = new SuppressionView(RecipientHash.NONE);
  private final OwnedPartition partition =
      new OwnedPartition(
          ID,
          Lane.TRANSACTIONAL,
          new PartitionProgress<>(StartedOffsets.nothingStarted(0), config.window()));

  @BeforeEach
  void freshGate() {
    nothing.completeAt(System.nanoTime());
  }

  @Test
  void makesWayForMailOfAnAccountThatHasRoom() {
    polled(LONG_AGO, "slow", "slow", "slow", "quick");
    plan(accounts);
    assertThat(started()).containsExactly("slow", "quick");
    assertThat(madeWay()).hasSize(2);
    assertThat(madeWay())
        .allSatisfy(back -> {
          assertThat(back.getDelivery().getAccount()).isEqualTo("slow");
          assertThat(back.getNotBefore())
              .isBetween(
                  Instant.ofEpochMilli(NOW + ReturnTimes.LEAST),
                  Instant.ofEpochMilli(NOW + ReturnTimes.MOST));
        });
  }

  @Test
  void mailThatHasJustComeIsNotWorthIt() {
    polled(0, "slow", "slow", "quick");
    plan(accounts);
    assertThat(started()).containsExactly("slow");
    assertThat(madeWay()).isEmpty();
    assertThat(partition.progress().waiting()).isEqualTo(2);
  }

  @Test
  void nobodyIsHeldUpByMailOfTheSameAccount() {
    polled(LONG_AGO, "slow", "slow", "slow");
    plan(accounts);
    assertThat(started()).containsExactly("slow");
    assertThat(madeWay()).isEmpty();
  }

  @Test
  void mailThatCouldNotGoEitherIsNotHeldUp() {
    Map<String, AccountGate> bothSlow =
        Map.of(
            "slow", accounts.get("slow"), "quick", gate("quick", Optional.of(new Limit(0.1, 1))));
    polled(LONG_AGO, "quick", "slow", "slow", "quick");
    plan(bothSlow);
    assertThat(started()).containsExactly("quick", "slow");
    assertThat(madeWay()).isEmpty();
  }

  @Test
  void anUnreadableRecordIsHeldUpToo() {
    polled(LONG_AGO, "slow", "slow");
    topic.add(null);
    add(LONG_AGO);
    plan(accounts);
    assertThat(madeWay()).hasSize(1);
    assertThat(ends()).extracting(Outcome::kind).contains(Outcome.Kind.UNREADABLE);
  }

  @Test
  void whatHasEndedMakesRoomInTheCommitThatSaysSo() {
    SenderConfig two = SenderConfigs.with(Map.of(SenderConfig.OPEN_SENDS, "2"));
    polled(0, "quick", "quick", "quick", "quick");
    plan(accounts, two);
    commit();
    plan(accounts, two);
    assertThat(started()).hasSize(2);

    partition.progress().finish(partition.progress().oldestOpen());
    plan(accounts, two);
    assertThat(started()).hasSize(2);
    assertThat(partition.progress().waiting()).isEqualTo(1);
  }

  private void commit() {
    partition.progress().propose(1);
    partition.progress().committed();
  }

  private void plan(Map<String, AccountGate> gates) {
    plan(gates, config);
  }

  private void plan(Map<String, AccountGate> gates, SenderConfig config) {
    RecordCodec codec =
        new RecordCodec(
            Topics.withDefaultPrefix(),
            (name, value) -> new byte[0],
            (name, bytes) -> {
              Delivery read = topic.get(bytes[0]);
              if (read == null) {
                throw new SerializationException("not Avro");
              }
              return read;
            });
    new Planner(config, codec, gates, number -> nothing, () -> Instant.ofEpochMilli(NOW))
        .plan(List.of(partition), List.of(partition));
  }

  private void polled(long age, String... ofAccounts) {
    for (String account : ofAccounts) {
      topic.add(Deliveries.to("user@example.org").setAccount(account).build());
      add(age);
    }
  }

  private void add(long age) {
    int offset = topic.size() - 1;
    var source =
        new ConsumerRecord<>(
            ID.topic(),
            ID.partition(),
            offset,
            "user@example.org".getBytes(StandardCharsets.UTF_8),
            new byte[] {(byte) offset});
    partition.progress().add(new Send(partition, source, System.nanoTime() - age));
  }

  private List<String> started() {
    return partition.progress().openSends().stream()
        .filter(send -> !send.isFinished())
        .map(send -> send.delivery().getAccount())
        .toList();
  }

  private List<Outcome> ends() {
    return partition.progress().finishing().stream().map(Send::outcome).toList();
  }

  private List<Deferral> madeWay() {
    return ends().stream()
        .map(Outcome::value)
        .flatMap(value -> value instanceof Deferral back ? Stream.of(back) : Stream.empty())
        .toList();
  }

  private static AccountGate gate(String name, Optional<Limit> limit) {
    SenderConfig config = SenderConfigs.with(Map.of());
    AccountGate gate =
        new AccountGate(
            new Account(name, "test", limit, Map.of()),
            new CountingProvider(),
            config.callsOfOne(2),
            config.slow(),
            () -> Instant.ofEpochMilli(NOW));
    gate.share(1, System.nanoTime());
    return gate;
  }
}

package io.mailstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mailstream.schemas.Topics.TopicSpec;
import io.mailstream.v1.Lane;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

  private static final Topics TOPICS = Topics.withDefaultPrefix();

  @Test
  void namesAreThoseOfTheContract() {
    assertThat(TOPICS.all())
        .extracting(TopicSpec::name)
        .containsExactlyInAnyOrder(
            "mail.requests.transactional",
            "mail.requests.bulk",
            "mail.dispatch.transactional",
            "mail.dispatch.bulk",
            "mail.deferrals",
            "mail.results",
            "mail.feedback",
            "mail.engagement",
            "mail.cancellations",
            "mail.suppression-commands",
            "mail.suppression-imports",
            "mail.suppressions",
            "mail.accounts",
            "mail.stream-activity",
            "mail.stream-commands",
            "mail.dead-letters");
    assertThat(TOPICS.requests(Lane.BULK)).isEqualTo("mail.requests.bulk");
    assertThat(TOPICS.dispatch(Lane.TRANSACTIONAL)).isEqualTo("mail.dispatch.transactional");
  }

  @Test
  void everyNameStartsWithThePrefix() {
    assertThat(new Topics("staging-").all())
        .extracting(TopicSpec::name)
        .allMatch(name -> name.startsWith("staging-"))
        .contains("staging-dead-letters");
    assertThat(new Topics("").results()).isEqualTo("results");
    assertThat(new Topics("staging-").prefix()).isEqualTo("staging-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mail/", "mail ", "é", "a\n", "x:y"})
  void aPrefixThatKafkaRefusesIsRefusedWithTheRule(String prefix) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Topics(prefix))
        .withMessageContaining(prefix)
        .withMessageContaining("letters, digits, '.', '_' and '-'");
  }

  @Test
  void aPrefixThatLeavesNoRoomForTheNameIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Topics("x".repeat(101)));
    assertThat(new Topics("x".repeat(100)).all()).allMatch(topic -> topic.name().length() <= 249);
  }

  @Test
  void whatConcernsRecipientsIsCopartitioned() {
    Set<String> all = TOPICS.all().stream().map(TopicSpec::name).collect(Collectors.toSet());
    all.remove("mail.dead-letters");
    all.remove("mail.accounts");
    all.remove("mail.stream-activity");
    all.remove("mail.stream-commands");

    assertThat(TOPICS.copartitioned()).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void whatIsAStateIsCompacted() {
    assertThat(TOPICS.all())
        .filteredOn(
            topic -> topic.config().get(TopicConfig.CLEANUP_POLICY_CONFIG).contains("compact"))
        .extracting(TopicSpec::name)
        .containsExactly(
            "mail.suppressions", "mail.accounts", "mail.stream-activity", "mail.stream-commands");
  }

  @Test
  void whatTheSenderDeletesItselfIsKeptWithoutLimit() {
    for (Lane lane : Lane.values()) {
      assertThat(config(TOPICS.dispatch(lane)))
          .containsEntry(TopicConfig.RETENTION_MS_CONFIG, "-1")
          .containsEntry(TopicConfig.CLEANUP_POLICY_CONFIG, "delete");
    }
  }

  @Test
  void topicsThatCarryMailTakeAWholeOneAndWhatIsAddedToIt() {
    Set<String> wayIn = Set.of("mail.requests.transactional", "mail.requests.bulk");
    Set<String> beyond =
        Set.of(
            "mail.dispatch.transactional",
            "mail.dispatch.bulk",
            "mail.deferrals",
            "mail.dead-letters");
    for (TopicSpec topic : TOPICS.all()) {
      int expected =
          wayIn.contains(topic.name())
              ? Topics.MAX_MAIL_BYTES
              : beyond.contains(topic.name()) ? Topics.MAX_INTERNAL_BYTES : Topics.MAX_EVENT_BYTES;
      assertThat(topic.config())
          .as(topic.name())
          .containsEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(expected));
    }
    assertThat(Topics.MAX_INTERNAL_BYTES).isGreaterThan(Topics.MAX_MAIL_BYTES);
  }

  @Test
  void whatOthersWriteGetsTheBrokersTime() {
    assertThat(TOPICS.all())
        .filteredOn(topic -> topic.config().containsKey(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG))
        .extracting(TopicSpec::name)
        .containsExactly(
            "mail.requests.transactional",
            "mail.requests.bulk",
            "mail.cancellations",
            "mail.suppression-commands",
            "mail.suppression-imports");
    assertThat(config("mail.requests.bulk"))
        .containsEntry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
  }

  /** A token must be known for as long as its signature is taken. */
  @Test
  void usedTokensAreKeptForADayWhereTheyAreNeeded() {
    TopicSpec nonces = TOPICS.webhookNonces();

    assertThat(nonces.name()).isEqualTo("mail.webhook-nonces");
    assertThat(nonces.config())
        .containsEntry(TopicConfig.CLEANUP_POLICY_CONFIG, "delete")
        .containsEntry(TopicConfig.RETENTION_MS_CONFIG, "90000000")
        .containsEntry(TopicConfig.SEGMENT_MS_CONFIG, "3600000")
        .containsEntry(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
    assertThat(TOPICS.all()).doesNotContain(nonces);
  }

  @Test
  void nothingIsDeletedForItsSize() {
    assertThat(TOPICS.all())
        .filteredOn(topic -> topic.config().get(TopicConfig.CLEANUP_POLICY_CONFIG).equals("delete"))
        .allSatisfy(topic ->
            assertThat(topic.config()).containsEntry(TopicConfig.RETENTION_BYTES_CONFIG, "-1"));
  }

  @Test
  void everySettingIsOneThatKafkaKnowsForATopic() {
    Set<String> known =
        Set.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.RETENTION_MS_CONFIG,
            TopicConfig.RETENTION_BYTES_CONFIG,
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
    assertThat(TOPICS.all())
        .allSatisfy(topic -> assertThat(known).containsAll(topic.config().keySet()));
  }

  private static Map<String, String> config(String name) {
    return TOPICS.all().stream()
        .filter(topic -> topic.name().equals(name))
        .findFirst()
        .orElseThrow()
        .config();
  }
}

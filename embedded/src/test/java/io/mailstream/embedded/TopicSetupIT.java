package io.mailstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The topics of an installation on a real broker; here, because schemas has none to test on. */
class TopicSetupIT {

  private static final Map<String, String> MAIL_SIZE =
      Map.of("max.message.bytes", String.valueOf(Topics.MAX_INTERNAL_BYTES));

  private Topics topics;
  private Admin admin;

  @BeforeEach
  void connect() {
    topics = new Topics(EmbeddedKafka.uniquePrefix());
    admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, SharedKafka.bootstrapServers()));
  }

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void whatIsMissingIsCreatedWithItsSettingsAndTheRestIsLeft() throws Exception {
    create(List.of(new NewTopic(topics.results(), 3, (short) 1)));

    Set<String> created = TopicSetup.createMissing(admin, topics, 3, (short) 1);

    Set<String> all = topics.all().stream().map(Topics.TopicSpec::name).collect(Collectors.toSet());
    assertThat(created).hasSize(all.size() - 1).doesNotContain(topics.results());
    assertThat(TopicSetup.createMissing(admin, topics, 3, (short) 1)).isEmpty();
    for (Topics.TopicSpec spec : topics.all()) {
      if (created.contains(spec.name())) {
        ConfigResource resource = topic(spec.name());
        var config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        spec.config()
            .forEach((key, value) -> assertThat(config.get(key).value()).as(key).isEqualTo(value));
      }
    }
  }

  @Test
  void topicsAsRequiredGiveTheirPartitionCount() {
    TopicSetup.createMissing(admin, topics, 5, (short) 1);

    assertThat(TopicSetup.verify(admin, topics)).isEqualTo(5);
  }

  @Test
  void everyFaultIsNamedAtOnce() throws Exception {
    create(
        topics.all().stream()
            .filter(spec -> !spec.name().equals(topics.deferrals()))
            .map(this::withFaults)
            .toList());

    assertThatIllegalStateException()
        .isThrownBy(() -> TopicSetup.verify(admin, topics))
        .withMessageContaining("topic " + topics.deferrals() + " does not exist")
        .withMessageContaining(topics.feedback() + " has 4")
        .withMessageContaining(topics.results() + " has 2")
        .withMessageContaining(
            "topic %s has max.message.bytes=1000: set it to at least %d"
                .formatted(topics.deadLetters(), Topics.MAX_INTERNAL_BYTES));
  }

  @Test
  void deadLettersMayHaveAnotherPartitionCount() throws Exception {
    create(List.of(new NewTopic(topics.deadLetters(), 4, (short) 1).configs(MAIL_SIZE)));
    TopicSetup.createMissing(admin, topics, 2, (short) 1);

    assertThat(TopicSetup.verify(admin, topics)).isEqualTo(2);
  }

  private NewTopic withFaults(Topics.TopicSpec spec) {
    int partitions = spec.name().equals(topics.feedback()) ? 4 : 2;
    Map<String, String> config =
        spec.name().equals(topics.deadLetters())
            ? Map.of("max.message.bytes", "1000")
            : spec.config();
    return new NewTopic(spec.name(), partitions, (short) 1).configs(config);
  }

  /** Creates topics and waits until they can be seen. */
  private void create(List<NewTopic> wanted) throws Exception {
    admin.createTopics(wanted).all().get();
    List<String> names = wanted.stream().map(NewTopic::name).toList();
    Instant deadline = Instant.now().plusSeconds(30);
    while (!admin.listTopics().names().get().containsAll(names)) {
      assertThat(Instant.now()).as("time to see %s", names).isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  private static ConfigResource topic(String name) {
    return new ConfigResource(ConfigResource.Type.TOPIC, name);
  }
}

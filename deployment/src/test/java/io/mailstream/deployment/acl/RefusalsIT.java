package io.mailstream.deployment.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.schemas.Topics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What each user of strimzi/ may do to each topic, all of it; and that a broker refuses the rest.
 */
class RefusalsIT {

  private static final List<String> USERS =
      List.of("topology", "sender", "webhook-ingest", "producer", "reader", "monitor", "cli");

  /** R read, W write, X delete records or the topic, D describe, C describe settings. */
  private static final String MAY =
      """
                                     topology  sender  webhook-ingest  producer  reader  monitor  cli
      mail.requests.transactional    RC        DC      -               W         -       W        WC
      mail.requests.bulk             RC        DC      -               W         -       -        WC
      mail.dispatch.transactional    WC        RXC     -               -         -       -        DC
      mail.dispatch.bulk             WC        RXC     -               -         -       -        DC
      mail.deferrals                 RC        WC      -               -         -       -        DC
      mail.results                   WC        WC      -               -         R       R        RC
      mail.feedback                  RC        WC      W               -         R       R        DC
      mail.engagement                DC        DC      W               -         R       -        DC
      mail.cancellations             RC        DC      -               W         -       -        WC
      mail.suppression-commands      RWC       DC      W               -         -       -        WC
      mail.suppression-imports       RC        DC      -               -         -       -        WC
      mail.suppressions              RWC       RC      -               -         R       -        RC
      mail.accounts                  RC        WC      -               -         -       -        DC
      mail.stream-activity           RWC       DC      -               -         -       -        DC
      mail.stream-commands           RC        DC      -               -         -       -        WC
      mail.dead-letters              WC        WC      W               -         -       -        RC
      mail.webhook-nonces            DC        DC      RW              -         -       -        DC
      mailstream-hold-changelog      RWX       -       -               -         -       -        -
      apicurio-journal               -         -       -               -         -       -        -
      others                         -         -       -               -         -       -        -
      """;

  private static final Map<AclOperation, String> LETTERS =
      new EnumMap<>(
          Map.of(
              AclOperation.READ, "R",
              AclOperation.WRITE, "W",
              AclOperation.DELETE, "X",
              AclOperation.DESCRIBE, "D",
              AclOperation.DESCRIBE_CONFIGS, "C"));

  private static final Topics TOPICS = SecuredBroker.TOPICS;
  private static SecuredBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new SecuredBroker();
    try (Admin admin = broker.admin()) {
      admin
          .createTopics(
              Stream.of("mailstream-hold-changelog", "apicurio-journal", "others")
                  .map(name -> new NewTopic(name, 1, (short) 1))
                  .toList())
          .all()
          .get();
    }
  }

  @AfterAll
  static void stop() {
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void nobodyMayDoMoreThanThis() throws Exception {
    List<List<String>> wanted =
        MAY.lines().skip(1).map(line -> List.of(line.strip().split(" +"))).toList();
    List<String> topics = wanted.stream().map(List::getFirst).toList();
    assertThat(topics).containsAll(TOPICS.all().stream().map(Topics.TopicSpec::name).toList());
    for (int i = 0; i < USERS.size(); i++) {
      int column = i + 1;
      assertThat(allowed(USERS.get(i), topics))
          .as(USERS.get(i))
          .isEqualTo(
              wanted.stream().collect(Collectors.toMap(List::getFirst, row -> row.get(column))));
    }
  }

  @Test
  void nobodyMayDoAnythingToTheCluster() throws Exception {
    for (String user : USERS) {
      try (Admin admin = admin(user)) {
        assertThat(
                admin
                    .describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                    .authorizedOperations()
                    .get())
            .as(user)
            .isEmpty();
        refused(() -> admin.createAcls(broker.acls().subList(0, 1)).all());
      }
    }
  }

  @Test
  void aTeamThatAsksForMailCannotSendItOrSeeWhatBecameOfOthers() {
    refusedToWrite("producer", "mail.dispatch.transactional");
    refusedToWrite("producer", "mail.results");
    refusedToWrite("producer", "mail.suppression-commands");
    refusedToRead("producer", "mail.results");
    refusedToRead("producer", "mail.suppressions");
    refusedToRead("producer", "mail.requests.transactional");
  }

  @Test
  void whoStandsAtTheEdgeReadsNothingThatIsAboutMail() {
    TOPICS.all().forEach(topic -> refusedToRead("webhook-ingest", topic.name()));
    refusedToWrite("webhook-ingest", "mail.suppressions");
    refusedToWrite("webhook-ingest", "mail.suppression-imports");
    refusedToWrite("webhook-ingest", "mail.requests.bulk");
  }

  @Test
  void theSenderDecidesNothing() throws Exception {
    refusedToWrite("sender", "mail.requests.transactional");
    refusedToWrite("sender", "mail.suppressions");
    refusedToWrite("sender", "mail.dispatch.bulk");
    refusedToRead("sender", "mail.requests.bulk");
    refusedToJoin("sender", "mailstream");
    refusedTransaction("sender", "mailstream-0-0");
  }

  @Test
  void theTopologySendsNothingAndPushesNoSenderOut() throws Exception {
    refusedToRead("topology", "mail.dispatch.transactional");
    refusedToRead("topology", "mail.results");
    refusedToWrite("topology", "mail.requests.transactional");
    refusedToWrite("topology", "mail.feedback");
    refusedToJoin("topology", "mailstream-sender");
    refusedTransaction("topology", "mailstream-sender-0");
    refusedTransaction("topology", "mailstream-sender-offsets");
    try (Admin admin = admin("topology")) {
      refused(() -> admin.createTopics(List.of(new NewTopic("mail.more", 1, (short) 1))).all());
    }
  }

  @Test
  void theCommandLineAsksAndDoesNotDecide() throws Exception {
    refusedToWrite("cli", "mail.dispatch.transactional");
    refusedToWrite("cli", "mail.suppressions");
    refusedToWrite("cli", "mail.results");
    refusedToRead("cli", "mail.requests.bulk");
    refusedToJoin("cli", "mailstream-sender");
    try (Admin admin = admin("cli")) {
      TopicPartition partition = new TopicPartition("mail.suppressions", 0);
      refused(() -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(0))).all());
      refused(() -> admin.deleteTopics(List.of("mail.results")).all());
      refused(() -> admin.deleteConsumerGroups(List.of("mailstream-sender")).all());
      ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "mail.suppressions");
      AlterConfigOp shorter =
          new AlterConfigOp(new ConfigEntry("retention.ms", "1"), AlterConfigOp.OpType.SET);
      refused(() -> admin.incrementalAlterConfigs(Map.of(topic, List.of(shorter))).all());
    }
  }

  @Test
  void whoFollowsChangesNothing() throws Exception {
    refusedToWrite("reader", "mail.feedback");
    refusedToRead("reader", "mail.dispatch.bulk");
    refusedToRead("reader", "mail.dead-letters");
    refusedToJoin("reader", "mailstream-sender");
    refusedToJoin("reader", "mailstream");
    refusedToWrite("monitor", "mail.requests.bulk");
    refusedToRead("monitor", "mail.suppressions");
  }

  @Test
  void withoutThePasswordNobodyGetsIn() {
    try (Admin admin =
        Admin.create(Map.copyOf(broker.client("mailstream-sender", "not the password")))) {
      assertThatThrownBy(() -> admin.describeCluster().nodes().get())
          .hasCauseInstanceOf(SaslAuthenticationException.class);
    }
  }

  private static Map<String, String> allowed(String user, List<String> topics) throws Exception {
    try (Admin admin = admin(user)) {
      Map<String, KafkaFuture<TopicDescription>> described =
          admin
              .describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
              .topicNameValues();
      Map<String, String> allowed = new HashMap<>();
      for (String topic : topics) {
        try {
          allowed.put(topic, letters(described.get(topic).get().authorizedOperations()));
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(AuthorizationException.class);
          allowed.put(topic, "-");
        }
      }
      return allowed;
    }
  }

  private static String letters(Set<AclOperation> operations) {
    Set<AclOperation> left = EnumSet.copyOf(operations);
    if (left.size() > 1
        && !left.equals(EnumSet.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS))) {
      left.remove(AclOperation.DESCRIBE);
    }
    left.remove(AclOperation.CREATE);
    return Stream.of("R", "W", "X", "D", "C")
        .filter(letter ->
            left.stream()
                .anyMatch(operation -> letter.equals(LETTERS.getOrDefault(operation, "?"))))
        .collect(Collectors.joining());
  }

  private interface Ask {
    KafkaFuture<?> ask();
  }

  private static void refused(Ask asked) {
    assertThatThrownBy(() -> asked.ask().get()).hasCauseInstanceOf(AuthorizationException.class);
  }

  private static void refusedToWrite(String user, String topic) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            settings(user, Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
      assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, new byte[1])).get())
          .as("%s writes %s", user, topic)
          .hasCauseInstanceOf(AuthorizationException.class);
    }
  }

  private static void refusedToRead(String user, String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(user, Map.of())) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      consumer.seek(new TopicPartition(topic, 0), 0);
      assertThatThrownBy(() -> poll(consumer))
          .as("%s reads %s", user, topic)
          .isInstanceOf(AuthorizationException.class);
    }
  }

  private static void refusedToJoin(String user, String group) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(user, Map.of("group.id", group))) {
      consumer.subscribe(List.of("mail.results"));
      assertThatThrownBy(() -> poll(consumer))
          .as("%s joins %s", user, group)
          .isInstanceOf(AuthorizationException.class);
    }
  }

  private static void refusedTransaction(String user, String id) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            settings(user, Map.of("transactional.id", id)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      assertThatThrownBy(producer::initTransactions)
          .as("%s takes the transactions of %s", user, id)
          .isInstanceOf(AuthorizationException.class);
    }
  }

  /** Until something comes of it; the deadline is for the case that it is allowed. */
  private static void poll(KafkaConsumer<?, ?> consumer) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() < deadline) {
      consumer.poll(Duration.ofMillis(100));
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String user, Map<String, String> more) {
    return new KafkaConsumer<>(
        settings(user, more), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static Admin admin(String user) {
    return Admin.create(settings(user, Map.of()));
  }

  private static Map<String, Object> settings(String user, Map<String, String> more) {
    Map<String, Object> settings = new HashMap<>(broker.client("mailstream-" + user));
    settings.putAll(more);
    return settings;
  }
}

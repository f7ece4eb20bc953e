package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters, shown and put back, on a real broker. */
class DeadLettersIT {

  private static final String BROKERS = SharedKafka.bootstrapServers();
  private static final byte[] BODY = {0, 0, 0, 0, 9, (byte) 0xff, 'm', 'a', 'i', 'l', 27, '[', 'm'};

  @TempDir private Path directory;
  private final Topics topics = new Topics(EmbeddedKafka.uniquePrefix());

  @BeforeEach
  void createTopics() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS))) {
      TopicSetup.createMissing(admin, topics, 1, (short) 1);
    }
  }

  private Run run(String... args) {
    List<String> all = new ArrayList<>(List.of("dead-letters"));
    all.addAll(List.of(args));
    return Run.with(
        "",
        Map.of(
            "MAILSTREAM_BOOTSTRAP_SERVERS", BROKERS, "MAILSTREAM_TOPICS_PREFIX", topics.prefix()),
        all.toArray(String[]::new));
  }

  private String bulk() {
    return topics.requests(Lane.BULK);
  }

  /** As the topology, the sender and the webhook ingester write them. */
  private void bury(String origin, String reason, byte[] value) throws Exception {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(
            topics.deadLetters(), "jane@example.com".getBytes(StandardCharsets.UTF_8), value);
    add(letter, "traceparent", "00-1-2-01");
    add(letter, DeadLetterHeaders.REASON, reason);
    add(letter, DeadLetterHeaders.ERROR, "java.lang.Exception");
    add(letter, DeadLetterHeaders.ORIGIN_TOPIC, origin);
    add(letter, DeadLetterHeaders.ORIGIN_PARTITION, "0");
    add(letter, DeadLetterHeaders.ORIGIN_OFFSET, "42");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", BROKERS),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(letter).get();
    }
  }

  private static void add(ProducerRecord<byte[], byte[]> record, String name, String value) {
    record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private List<ConsumerRecord<byte[], byte[]>> recordsOf(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", BROKERS),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  @Test
  void theyAreListedAndFiltered() throws Exception {
    assertThat(run("list").status()).as("none").isEqualTo(1);
    bury(bulk(), "unknown schema id 9", BODY);
    bury("/webhooks/ses", "an event\nof \u001b[31mno kind", BODY);

    Run all = run("list");
    assertThat(all.status()).isZero();
    assertThat(all.out().lines()).hasSize(2);
    assertThat(all.out())
        .contains("0@0  ", bulk() + "-0@42  unknown schema id 9")
        .contains("/webhooks/ses-0@42  an event of  [31mno kind")
        .doesNotContain("\u001b");
    assertThat(run("list", "--reason", "SCHEMA").out().lines()).hasSize(1);
    assertThat(run("list", "--origin", "/webhooks/ses").out()).startsWith("0@1");
    assertThat(run("list", "--at", "0@1,0@7").out().lines()).hasSize(1);
    assertThat(run("list", "--since", "1h", "--max", "1").out().lines()).hasSize(1);
    assertThat(run("list", "--until", "1h").status()).isEqualTo(1);
    assertThat(run("list", "--json", "--at", "0@0").out())
        .contains("\"position\":\"0@0\"", "\"bytes\":13", "\"reason\":\"unknown schema id 9\"");
  }

  @Test
  void oneIsShownWithAllThatIsKnown() throws Exception {
    bury(bulk(), "unknown schema id 9", BODY);
    Path file = directory.resolve("value");

    Run shown = run("show", "0@0", "--output", file.toString());
    assertThat(shown.status()).isZero();
    assertThat(shown.out())
        .contains("key      jane@example.com", "header   traceparent: 00-1-2-01")
        .contains("value    13 bytes, Avro with schema id 9", "00 00 00 00 09 ff 6d 61 69 6c")
        .doesNotContain("\u001b");
    assertThat(Files.readAllBytes(file)).isEqualTo(BODY);
    assertThat(run("show", "0@5").status()).isEqualTo(1);
    assertThat(run("show", "0@5").err()).contains("no dead letter 0@5");
  }

  @Test
  void aReplayPutsTheSameBytesBackAsOftenAsItIsAsked() throws Exception {
    bury(bulk(), "unknown schema id 9", BODY);

    Run dry = run("replay", "--origin", bulk(), "--dry-run");
    assertThat(dry.status()).isZero();
    assertThat(dry.out()).contains("would replay 0@0  to " + bulk(), "1 to replay, 0 passed over");
    assertThat(recordsOf(bulk())).as("a dry run writes nothing").isEmpty();

    for (int times = 1; times <= 2; times++) {
      Run replayed = run("replay", "--origin", bulk());
      assertThat(replayed.status()).as(replayed.err()).isZero();
      assertThat(replayed.out()).contains("replayed     0@0", "1 replayed, 0 passed over");
      assertThat(recordsOf(bulk())).hasSize(times);
    }
    for (ConsumerRecord<byte[], byte[]> record : recordsOf(bulk())) {
      assertThat(record.value()).isEqualTo(BODY);
      assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("jane@example.com");
      assertThat(record.headers())
          .extracting(header -> header.key())
          .containsExactly("traceparent", "mailstream.replayed");
    }
    assertThat(recordsOf(topics.deadLetters())).as("they stay").hasSize(1);
  }

  /** What has no key of its own against repeats must not be repeated. */
  @Test
  void whatCouldBeSentTwiceIsPassedOver() throws Exception {
    bury(topics.dispatch(Lane.BULK), "unknown schema id 9", BODY);
    bury("/webhooks/ses", "no kind", BODY);
    bury(bulk(), "unknown schema id 9", BODY);

    Run replayed = run("replay", "--all");
    assertThat(replayed.status()).isEqualTo(1);
    assertThat(replayed.out())
        .contains("passed over  0@0", "may be sent twice")
        .contains("passed over  0@1", "it came by HTTP")
        .contains("1 replayed, 2 passed over");
    assertThat(recordsOf(topics.dispatch(Lane.BULK))).isEmpty();
    assertThat(recordsOf(bulk())).hasSize(1);
  }

  @Test
  void whatIsMeantMustBeSaid() {
    for (List<String> wrong :
        List.of(
            List.of("replay"),
            List.of("replay", "--all", "--reason", "x"),
            List.of("replay", "--at", "here"),
            List.of("list", "--since", "yesterday"),
            List.<String>of())) {
      Run refused = run(wrong.toArray(String[]::new));
      assertThat(refused.status()).as("%s", wrong).isEqualTo(2);
      assertThat(refused.err()).isNotBlank();
    }
  }
}

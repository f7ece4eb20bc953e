package io.mailstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.runtime.http.PortInUseException;
import io.mailstream.schemas.Topics;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded broker itself, also where the other tests run on a container. */
class EmbeddedKafkaIT {

  @TempDir Path dir;

  @Test
  void recordsCommittedInATransactionSurviveARestartOnTheSamePort() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafka.Options.defaults().dataDir(dir))) {
      String before = kafka.bootstrapServers();
      createTopic(kafka, "kept", Map.of());
      sendInTransaction(kafka, "kept", new byte[] {1});

      kafka.stop();
      kafka.start();

      assertThat(kafka.bootstrapServers()).isEqualTo(before);
      sendInTransaction(kafka, "kept", new byte[] {2});
      assertThat(read(kafka, "kept", 2)).containsExactly(new byte[] {1}, new byte[] {2});
    }
  }

  @Test
  void theLargestMailFitsOnATopicThatAllowsIt() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.shared();
    String topic = EmbeddedKafka.uniquePrefix() + "large";
    createTopic(kafka, topic, Map.of("max.message.bytes", String.valueOf(Topics.MAX_MAIL_BYTES)));
    byte[] mail = new byte[Topics.MAX_MAIL_BYTES - 1024];

    sendInTransaction(kafka, topic, mail);

    assertThat(read(kafka, topic, 1).getFirst()).hasSize(mail.length);
  }

  @Test
  void aTakenPortIsAnErrorThatNamesIt() throws Exception {
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress(Ports.loopback(), Ports.free()));
      int port = other.getLocalPort();

      assertThatThrownBy(() -> EmbeddedKafka.start(EmbeddedKafka.Options.defaults().port(port)))
          .isInstanceOfSatisfying(
              PortInUseException.class, e -> assertThat(e.port()).isEqualTo(port))
          .hasMessageContaining(String.valueOf(port));
    }
  }

  @Test
  void aDirectoryInUseIsAnErrorThatNamesIt() {
    EmbeddedKafka.Options options =
        EmbeddedKafka.Options.defaults().dataDir(EmbeddedKafka.shared().dataDir());

    assertThatThrownBy(() -> EmbeddedKafka.start(options))
        .hasMessageContaining(EmbeddedKafka.shared().dataDir().toString())
        .hasMessageContaining("in use");
  }

  @Test
  void aWrongPropertyIsAnErrorAndLeavesTheDirectoryFree() {
    EmbeddedKafka.Options options = EmbeddedKafka.Options.defaults().dataDir(dir);

    assertThatThrownBy(() -> EmbeddedKafka.start(options.property("num.io.threads", "none")))
        .hasMessageContaining("num.io.threads");

    EmbeddedKafka.start(options).close();
    assertThat(dir).isNotEmptyDirectory();
  }

  @Test
  void topicsAreNotCreatedOnFirstUse() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.shared();
    String topic = EmbeddedKafka.uniquePrefix() + "absent";
    Map<String, Object> config =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.block.ms", 500);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, new byte[1])).get())
          .hasMessageContaining(topic);
    }
  }

  private static void createTopic(EmbeddedKafka kafka, String topic, Map<String, String> configs)
      throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      NewTopic created = new NewTopic(topic, 1, (short) 1).configs(configs);
      admin.createTopics(List.of(created)).all().get();
    }
  }

  private static void sendInTransaction(EmbeddedKafka kafka, String topic, byte[] value)
      throws Exception {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "transactional.id",
            topic,
            "max.request.size",
            Topics.MAX_MAIL_BYTES);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(topic, value));
      producer.commitTransaction();
      sent.get();
    }
  }

  private static List<byte[]> read(EmbeddedKafka kafka, String topic, int count) {
    Map<String, Object> config =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      List<byte[]> values = new ArrayList<>();
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (values.size() < count && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          values.add(record.value());
        }
      }
      return values;
    }
  }
}

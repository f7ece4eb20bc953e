package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.streams.hold.ReleaseCheck.Verdict;
import io.mailstream.streams.suppress.AnyRecordSerde;
import io.mailstream.v1.Delivery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Held mail over a crash: on a real broker, exactly once, with stores from their changelogs. */
class HoldRestartIT {

  private static final int MAILS = 40;

  /** So slow that a bucket does not fill up by itself while nobody runs. */
  private static final Map<String, Limit> LIMITS = Map.of("acme/news", new Limit(1.5, 24));

  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final String prefix = EmbeddedKafka.uniquePrefix();
  private final String brokers = SharedKafka.bootstrapServers();
  private final AtomicInteger checks = new AtomicInteger();

  @Test
  void a_crash_loses_nothing_held_and_refills_no_bucket(@TempDir Path stateDir) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      List<NewTopic> topics =
          IntStream.range(0, 4)
              .mapToObj(i -> List.of("in", "transactional", "bulk", "results").get(i))
              .map(name -> new NewTopic(prefix + name, 1, (short) 1))
              .toList();
      admin.createTopics(topics).all().get(30, TimeUnit.SECONDS);
    }
    send();
    // The first run dies in the middle of a tick, after it has released some; so does the second.
    runUntilItCrashesAt(stateDir, 3);
    runUntilItCrashesAt(stateDir, 5);
    checks.set(Integer.MIN_VALUE);
    KafkaStreams last = start(stateDir, new CountDownLatch(1));
    try {
      List<Delivery> dispatched = read(MAILS);
      assertThat(dispatched)
          .extracting(Delivery::getDeliveryId)
          .containsExactlyElementsOf(IntStream.range(0, MAILS).mapToObj(i -> "m" + i).toList());
      LimitModel model =
          new LimitModel(LIMITS, 1, dispatched.getFirst().getDispatchedAt().toEpochMilli());
      for (Delivery delivery : dispatched) {
        model.clock(delivery.getDispatchedAt().toEpochMilli());
        model.dispatched(delivery);
      }
    } finally {
      last.close();
    }
  }

  private void runUntilItCrashesAt(Path stateDir, int check) throws InterruptedException {
    checks.set(-check);
    CountDownLatch crashed = new CountDownLatch(1);
    KafkaStreams streams = start(stateDir, crashed);
    try {
      assertThat(crashed.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      streams.close();
    }
  }

  private KafkaStreams start(Path stateDir, CountDownLatch crashed) {
    Policies policies = Mail.policies(LIMITS, Duration.ZERO);
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, prefix + "hold");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    config.put(StreamsConfig.POLL_MS_CONFIG, 20);
    config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 3000);
    config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 500);
    config.put(StreamsConfig.producerPrefix("max.request.size"), 12 * 1024 * 1024);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    KafkaStreams streams =
        new KafkaStreams(
            HoldDriver.topology(policies, this::check, new SimpleMeterRegistry(), prefix), config);
    streams.setUncaughtExceptionHandler((Throwable e) -> {
      crashed.countDown();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.start();
    return streams;
  }

  private Verdict check(Delivery delivery, long now) {
    if (checks.incrementAndGet() == 0) {
      throw new IllegalStateException("the test pulls the plug");
    }
    return new Verdict.Go(delivery);
  }

  private void send() {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers),
            new StringSerializer(),
            new AnyRecordSerde().serializer())) {
      for (int i = 0; i < MAILS; i++) {
        Delivery delivery = Mail.bulk("m" + i);
        delivery.setAcceptedAt(Instant.now());
        var _ = producer.send(new ProducerRecord<>(prefix + "in", "k", delivery));
      }
      producer.flush();
    }
  }

  private List<Delivery> read(int count) {
    List<Delivery> read = new ArrayList<>();
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", brokers, ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    try (KafkaConsumer<String, SpecificRecord> consumer =
        new KafkaConsumer<>(
            config, new StringDeserializer(), new AnyRecordSerde().deserializer())) {
      TopicPartition partition = new TopicPartition(prefix + "bulk", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      Instant deadline = Instant.now().plus(DEADLINE);
      while (read.size() < count && Instant.now().isBefore(deadline)) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> read.add((Delivery) record.value()));
      }
    }
    return read;
  }
}

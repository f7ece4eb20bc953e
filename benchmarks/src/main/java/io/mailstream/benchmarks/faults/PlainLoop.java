package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.Fault.Role;
import io.mailstream.embedded.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/** Two {@link PlainLoopPart}s on a topic. */
final class PlainLoop implements Peer {

  private static final String TOPIC = "plain";
  private static final Duration START = Duration.ofSeconds(120);
  private static final int PATIENCE_MS = 1_800_000;
  private static final int UNACKNOWLEDGED = 1_000;

  private final Path directory;
  private final Duration session;
  private final boolean commitFirst;
  private final String bootstrap;
  private final Victim broker;
  private final List<Victim> workers = new ArrayList<>();
  private final Semaphore room = new Semaphore(UNACKNOWLEDGED);
  private KafkaProducer<String, String> producer;

  PlainLoop(Path directory, Duration session, boolean commitFirst) {
    this.directory = directory;
    this.session = session;
    this.commitFirst = commitFirst;
    int port = Ports.free();
    this.bootstrap = "127.0.0.1:" + port;
    this.broker =
        Victim.java(
            "broker",
            directory,
            "768m",
            FaultyBrokerPart.class,
            0,
            directory.resolve("kafka").toString(),
            String.valueOf(port),
            String.valueOf(session.toMillis()));
  }

  @Override
  public String name() {
    return "plain loop, commits %s the calls".formatted(commitFirst ? "before" : "after");
  }

  @Override
  public Map<Role, List<Victim>> start(String esp) throws IOException {
    broker.start();
    if (!broker.awaitReady(START)) {
      throw new IOException("the broker does not start: see " + broker.log());
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, Scenario.PARTITIONS, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IOException("the topic cannot be made", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "linger.ms",
                5,
                "max.in.flight.requests.per.connection",
                1,
                "request.timeout.ms",
                10_000,
                "delivery.timeout.ms",
                PATIENCE_MS,
                "max.block.ms",
                PATIENCE_MS),
            new StringSerializer(),
            new StringSerializer());
    for (int i = 0; i < World.SENDERS; i++) {
      Victim worker =
          Victim.java(
              Role.SENDER.name(i),
              directory,
              "256m",
              PlainLoopPart.class,
              0,
              bootstrap,
              TOPIC,
              esp,
              String.valueOf(commitFirst),
              String.valueOf(session.toMillis()));
      workers.add(worker);
      worker.start();
    }
    return Map.of(Role.BROKER, List.of(broker), Role.SENDER, workers);
  }

  @Override
  public void put(String deliveryId, String address, Runnable accepted)
      throws InterruptedException {
    room.acquire();
    var _ =
        producer.send(
            new ProducerRecord<>(TOPIC, deliveryId, address),
            (record, e) -> {
              room.release();
              if (e == null) {
                accepted.run();
              }
            });
  }

  @Override
  public boolean isIdle() throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin.listConsumerGroupOffsets(TOPIC).partitionsToOffsetAndMetadata().get();
      var ends =
          admin
              .listOffsets(
                  IntStream.range(0, Scenario.PARTITIONS)
                      .boxed()
                      .collect(
                          Collectors.toMap(
                              partition -> new TopicPartition(TOPIC, partition),
                              partition -> OffsetSpec.latest())))
              .all()
              .get();
      return ends.entrySet().stream()
          .allMatch(end -> {
            OffsetAndMetadata done = committed.get(end.getKey());
            return (done == null ? 0 : done.offset()) >= end.getValue().offset();
          });
    } catch (ExecutionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close();
    }
    workers.forEach(Victim::close);
    broker.close();
  }
}

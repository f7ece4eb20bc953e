package io.mailstream.benchmarks;

import io.mailstream.app.StreamsApp;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import io.mailstream.webhook.WebhookIngestApp;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker in its own process, and what every benchmark does with it. */
final class Lab implements AutoCloseable {

  /** Settings of consumers that are frozen for minutes. */
  static final Map<String, String> PATIENT =
      Map.of(
          "main.consumer.session.timeout.ms", "600000",
          "main.consumer.max.poll.interval.ms", "1800000");

  static final int PARTITIONS = 6;
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration BOUND = Duration.ofMinutes(10);
  private static final Duration SETTLE = Duration.ofMillis(500);
  private static final Duration HEARD = Duration.ofMillis(50);
  private static final ListTransactionsOptions OPEN =
      new ListTransactionsOptions()
          .filterStates(
              List.of(
                  TransactionState.ONGOING,
                  TransactionState.PREPARE_COMMIT,
                  TransactionState.PREPARE_ABORT));

  private final Path directory;
  private final Part broker;
  private final String bootstrap;
  private final String registry;
  private final KafkaProducer<byte[], byte[]> producer;
  private final MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
  private final HttpClient http = HttpClient.newHttpClient();

  private Lab(Path directory, Part broker, String bootstrap, String registry) {
    this.directory = directory;
    this.broker = broker;
    this.bootstrap = bootstrap;
    this.registry = registry;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "compression.type",
                "lz4",
                "linger.ms",
                5,
                "batch.size",
                131_072,
                "max.request.size",
                Topics.MAX_MAIL_BYTES),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    serializer.configure(Map.of("schema.registry.url", registry), false);
  }

  static Lab start(Path directory) throws IOException {
    Part broker =
        Part.java(
            "broker",
            directory,
            "1g",
            BrokerPart.class.getName(),
            directory.resolve("kafka").toString());
    String[] ready = broker.awaitReady().split(" ", -1);
    return new Lab(directory, broker, ready[0], ready[1]);
  }

  String registry() {
    return registry;
  }

  String bootstrap() {
    return bootstrap;
  }

  Path directory() {
    return directory;
  }

  Part broker() {
    return broker;
  }

  /** The topics of one installation, created. */
  Topics topics(String prefix) {
    return topics(prefix, PARTITIONS);
  }

  /** The topics of one installation with so many partitions, created. */
  Topics topics(String prefix, int partitions) {
    Topics topics = new Topics(prefix);
    try (Admin admin = admin()) {
      TopicSetup.createMissing(admin, topics, partitions, (short) 1);
    }
    return topics;
  }

  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  /**
   * Starts the streams app in a role, and returns when it is ready.
   *
   * @param policies the policies' text
   */
  Part streamsApp(
      String name, Topics topics, String role, String policies, Map<String, String> more)
      throws IOException, TimeoutException {
    Path policiesFile = Files.writeString(directory.resolve(name + "-policies.yaml"), policies);
    Map<String, String> settings = new HashMap<>();
    settings.put("policies.file", policiesFile.toString());
    settings.put("role", role);
    settings.put("topology.application.id", topics.prefix() + "app");
    settings.put("sender.group.id", topics.prefix() + "sender");
    settings.put("sender.instance.id", topics.prefix() + "sender");
    settings.put("topology.state.dir", directory.resolve(name + "-state").toString());
    settings.put("topology.standbys", "0");
    settings.put("topology.threads", "2");
    PATIENT.forEach((key, value) -> settings.put("streams." + key, value));
    settings.putAll(more);
    return service(name, StreamsApp.class, "768m", topics, settings);
  }

  /** Starts the webhook ingester, and returns when it is ready. */
  Part webhookIngest(String name, Topics topics, Map<String, String> settings)
      throws IOException, TimeoutException {
    return service(name, WebhookIngestApp.class, "512m", topics, settings);
  }

  private Part service(
      String name, Class<?> main, String heap, Topics topics, Map<String, String> more)
      throws IOException, TimeoutException {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("schema.registry.url", registry);
    settings.put("topics.prefix", topics.prefix());
    settings.put("http.host", "127.0.0.1");
    settings.put("http.port", String.valueOf(freePort()));
    settings.putAll(more);
    Path file = directory.resolve(name + ".properties");
    Properties properties = new Properties();
    properties.putAll(settings);
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Files.writeString(file, text.toString());
    Part part = Part.java(name, directory, heap, main.getName(), "--config", file.toString());
    URI ready = URI.create("http://127.0.0.1:%s/readyz".formatted(settings.get("http.port")));
    await(name + " is ready", () -> get(ready).statusCode() == 200);
    return part;
  }

  /** A port that nothing listens on. */
  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Writes requests on their lane and waits until Kafka has them. */
  void request(Topics topics, Mails mails, int count, boolean keyed) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    String topic = topics.requests(mails.lane());
    for (int i = 0; i < count; i++) {
      write(topic, keyed ? RecipientKey.of(mails.address(i)) : null, mails.request(i), failure);
    }
    flush(failure);
  }

  /** Writes deliveries that are ready to be sent, as the topology does, and waits for Kafka. */
  void dispatch(Topics topics, Mails mails, int count) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    String topic = topics.dispatch(mails.lane());
    for (int i = 0; i < count; i++) {
      write(topic, RecipientKey.of(mails.address(i)), mails.delivery(i), failure);
    }
    flush(failure);
  }

  /** Writes one record. */
  void write(String topic, String key, Object value, AtomicReference<Exception> failure) {
    write(topic, key, value, noting(failure));
  }

  /** Keeps a failure for {@link #flush}. */
  static Callback noting(AtomicReference<Exception> failure) {
    return (metadata, e) -> {
      if (e != null) {
        failure.set(e);
      }
    };
  }

  /** Writes one record. */
  void write(String topic, String key, Object value, Callback acknowledged) {
    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    write(new ProducerRecord<>(topic, keyBytes, serializer.serialize(topic, value)), acknowledged);
  }

  /** Writes one record as it is. */
  void write(ProducerRecord<byte[], byte[]> record, Callback acknowledged) {
    var _ = producer.send(record, acknowledged);
  }

  void flush(AtomicReference<Exception> failure) {
    producer.flush();
    if (failure.get() != null) {
      throw new IllegalStateException("Kafka did not take a record", failure.get());
    }
  }

  /**
   * Stops processes where none of their transactions is open: it would time out before they go on,
   * and they would begin by losing their place. What else writes to this broker has to stand still
   * or to pause now and then.
   */
  void freeze(Part... parts) throws TimeoutException {
    // They have still to write what became of the last messages.
    LockSupport.parkNanos(SETTLE.toNanos());
    try (Admin admin = admin()) {
      await(
          "no transaction is open",
          () -> {
            for (Part part : parts) {
              part.freeze();
            }
            // What they have said already, the broker hears still.
            LockSupport.parkNanos(HEARD.toNanos());
            if (admin.listTransactions(OPEN).all().get().isEmpty()) {
              return true;
            }
            for (Part part : parts) {
              part.thaw();
            }
            return false;
          });
    }
  }

  /** What reads everything that is written and committed to a topic from now on. */
  KafkaConsumer<byte[], byte[]> atEnd(String topic, int partitions) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "isolation.level",
                "read_committed",
                "max.poll.records",
                5000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> all =
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toList();
    consumer.assign(all);
    consumer.seekToEnd(all);
    all.forEach(consumer::position);
    return consumer;
  }

  /** What a URL answers. */
  HttpResponse<String> get(URI uri) throws IOException {
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Something that will be so. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException, InterruptedException, ExecutionException;
  }

  /** Waits until something is so. */
  static void await(String what, Condition condition) throws TimeoutException {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException | ExecutionException e) {
        // Not yet.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting: " + what, e);
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    throw new TimeoutException("not within " + BOUND + ": " + what);
  }

  @Override
  public void close() {
    producer.close();
    serializer.close();
    http.close();
    broker.close();
  }
}

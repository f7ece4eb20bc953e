package io.mailstream.streams.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.metrics.Metrics;
import io.mailstream.streams.suppress.AnyRecordSerde;
import io.mailstream.streams.suppress.Events;
import io.mailstream.streams.suppress.SuppressStep;
import io.mailstream.streams.suppress.SuppressionStore;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of a small topology, each asked for what the other has. */
class QueryApiIT {

  private static final int PARTITIONS = 4;
  private static final int ADDRESSES = 16;
  private static final String TOKEN = "letmein";
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path state;

  private static final List<Instance> instances = new ArrayList<>();
  private static final HttpClient http = HttpClient.newHttpClient();
  private static String prefix;

  @BeforeAll
  static void start() throws Exception {
    prefix = EmbeddedKafka.uniquePrefix();
    String brokers = SharedKafka.bootstrapServers();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(prefix + "in", PARTITIONS, (short) 1),
                  new NewTopic(prefix + "out", PARTITIONS, (short) 1)))
          .all()
          .get();
    }
    produce(brokers);
    instances.add(new Instance("a", brokers));
    instances.add(new Instance("b", brokers));
    instances.forEach(Instance::start);
    await(() -> instances.stream().allMatch(Instance::isRunning));
    await(QueryApiIT::bothOwnPartitions);
    await(() -> instances.stream().allMatch(QueryApiIT::answersForAll));
  }

  @AfterAll
  static void stop() {
    instances.forEach(Instance::close);
    http.close();
  }

  @Test
  void everyInstanceAnswersForEveryAddress() throws Exception {
    for (Instance instance : instances) {
      for (int i = 0; i < ADDRESSES; i++) {
        HttpResponse<String> response = get(instance, "/v1/suppressions/" + encoded(address(i)));

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = JSON.readTree(response.body());
        assertThat(answer.get("address").asText()).isEqualTo(address(i));
        assertThat(answer.get("suppressed").asBoolean()).isTrue();
        assertThat(answer.get("reason").asText()).isEqualTo("HARD_BOUNCE");
        JsonNode entry = answer.get("entries").get(0);
        assertThat(entry.get("scope").asText()).isEqualTo("everything");
        assertThat(entry.get("source_event").asText()).isEqualTo("e" + i);
        assertThat(entry.get("since").asText()).startsWith("20");
      }
      assertThat(instance.count("local")).isPositive();
      assertThat(instance.count("forwarded")).isPositive();
    }
  }

  @Test
  void anAddressOfWhichNothingIsKnownIsNotSuppressed() throws Exception {
    for (Instance instance : instances) {
      JsonNode answer =
          JSON.readTree(get(instance, "/v1/suppressions/Nobody@Example.COM?tenant=shop").body());

      assertThat(answer.get("address").asText()).isEqualTo("nobody@example.com");
      assertThat(answer.get("suppressed").asBoolean()).isFalse();
      assertThat(answer.get("entries")).isEmpty();
    }
  }

  @Test
  void tenantAndStreamDecideWhatHolds() throws Exception {
    for (Instance instance : instances) {
      String path = "/v1/suppressions/" + encoded("un+sub/scribed@example.com");

      assertThat(suppressed(instance, path + "?tenant=shop&stream=news")).isTrue();
      assertThat(suppressed(instance, path + "?tenant=shop&stream=receipts")).isFalse();
      assertThat(suppressed(instance, path)).isFalse();
    }
  }

  @Test
  void whatIsNoAddressIsRefused() throws Exception {
    for (String bad :
        List.of(
            "/v1/suppressions/jane",
            "/v1/suppressions/jane@",
            "/v1/suppressions/" + "a".repeat(400) + "@example.com",
            "/v1/suppressions/jane@example.com?stream=news")) {
      HttpResponse<String> response = get(instances.getFirst(), bad);

      assertThat(response.statusCode()).as(bad).isEqualTo(400);
      assertThat(response.headers().firstValue("Content-Type"))
          .contains("application/problem+json");
    }
  }

  @Test
  void aTokenIsNeeded() throws Exception {
    HttpRequest bare =
        HttpRequest.newBuilder(
                URI.create(instances.getFirst().url() + "/v1/suppressions/jane@example.com"))
            .build();

    assertThat(http.send(bare, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(401);
  }

  @Test
  void aForwardedRequestIsNotForwardedAgain() throws Exception {
    Set<Integer> statuses = new HashSet<>();
    for (int i = 0; i < ADDRESSES; i++) {
      HttpRequest request =
          request(instances.getFirst(), "/v1/suppressions/" + encoded(address(i)))
              .header(OwnerClient.FORWARDED, "1")
              .build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      statuses.add(response.statusCode());
      if (response.statusCode() == 503) {
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertThat(response.body()).contains("moving between instances");
      }
    }

    assertThat(statuses).containsExactlyInAnyOrder(200, 503);
  }

  @Test
  void anInstanceThatIsNotStartedSaysSo() throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    QueryApi api =
        new QueryApi(
            Optional::empty,
            () -> new HostInfo("127.0.0.1", 1),
            List.of(),
            "127.0.0.1",
            InstantSource.system(),
            meters);
    try (api;
        Metrics metrics = Metrics.create("test");
        HttpService server =
            HttpService.start("query", "127.0.0.1", 0, new Health(), metrics, api::register)) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create(server.url() + "/v1/suppressions/jane@example.com"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("not started");
      assertThat(response.headers().firstValue("Retry-After")).contains("1");
    }
  }

  private static void produce(String brokers) throws Exception {
    Map<String, Object> config = Map.of("bootstrap.servers", brokers);
    try (KafkaProducer<String, SpecificRecord> producer =
        new KafkaProducer<>(config, new StringSerializer(), new AnyRecordSerde().serializer())) {
      for (int i = 0; i < ADDRESSES; i++) {
        FeedbackEvent bounce = Events.hardBounce("e" + i);
        producer.send(new ProducerRecord<>(prefix + "in", address(i), bounce)).get();
      }
      FeedbackEvent unsubscribe = Events.event("u1", FeedbackType.UNSUBSCRIBED).build();
      producer
          .send(new ProducerRecord<>(prefix + "in", "un+sub/scribed@example.com", unsubscribe))
          .get();
    }
  }

  private static boolean bothOwnPartitions() {
    return instances.stream().allMatch(instance -> !instance.ownPartitions().isEmpty());
  }

  private static boolean answersForAll(Instance instance) {
    try {
      for (int i = 0; i < ADDRESSES; i++) {
        HttpResponse<String> response = get(instance, "/v1/suppressions/" + encoded(address(i)));
        if (response.statusCode() != 200
            || !JSON.readTree(response.body()).get("suppressed").asBoolean()) {
          return false;
        }
      }
      return suppressed(
          instance,
          "/v1/suppressions/" + encoded("un+sub/scribed@example.com") + "?tenant=shop&stream=news");
    } catch (Exception e) {
      return false;
    }
  }

  private static boolean suppressed(Instance instance, String path) throws Exception {
    return JSON.readTree(get(instance, path).body()).path("suppressed").asBoolean();
  }

  private static HttpResponse<String> get(Instance instance, String path) throws Exception {
    return http.send(request(instance, path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(Instance instance, String path) {
    return HttpRequest.newBuilder(URI.create(instance.url() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private static String encoded(String address) {
    return URLEncoder.encode(address, StandardCharsets.UTF_8);
  }

  private static String address(int i) {
    return "user%d@example.com".formatted(i);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static final class Instance implements AutoCloseable {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicReference<KafkaStreams> streams = new AtomicReference<>();
    private final AtomicReference<HostInfo> self = new AtomicReference<>();
    private final Metrics metrics = Metrics.create("query-test");
    private final QueryApi api;
    private final HttpService server;

    Instance(String name, String brokers) {
      api =
          new QueryApi(
              () -> Optional.ofNullable(streams.get()),
              self::get,
              List.of(TOKEN),
              "127.0.0.1",
              InstantSource.system(),
              meters);
      server = HttpService.start("query", "127.0.0.1", 0, new Health(), metrics, api::register);
      self.set(new HostInfo("127.0.0.1", server.port()));
      Properties config = new Properties();
      config.put(StreamsConfig.APPLICATION_ID_CONFIG, prefix + "query");
      config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
      config.put(StreamsConfig.STATE_DIR_CONFIG, state.resolve(name).toString());
      config.put(StreamsConfig.APPLICATION_SERVER_CONFIG, "127.0.0.1:" + server.port());
      config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
      config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
      config.put("auto.offset.reset", "earliest");
      streams.set(new KafkaStreams(topology(meters), config));
    }

    void start() {
      streams.get().start();
    }

    boolean isRunning() {
      return streams.get().state() == KafkaStreams.State.RUNNING;
    }

    Set<?> ownPartitions() {
      return streams.get().streamsMetadataForStore(SuppressionStore.NAME).stream()
          .filter(metadata -> metadata.hostInfo().equals(self.get()))
          .findFirst()
          .map(metadata -> metadata.topicPartitions())
          .orElse(Set.of());
    }

    double count(String outcome) {
      return meters.get("mailstream.query.requests").tag("outcome", outcome).counter().count();
    }

    String url() {
      return server.url();
    }

    @Override
    public void close() {
      server.close();
      api.close();
      streams.get().close(Duration.ofSeconds(10));
      metrics.close();
    }

    private static Topology topology(SimpleMeterRegistry meters) {
      AnyRecordSerde serde = new AnyRecordSerde();
      Topology topology = new Topology();
      topology.addSource("in", new StringDeserializer(), serde.deserializer(), prefix + "in");
      topology.addProcessor(
          "suppress",
          new SuppressStep(
              SuppressionStore.builder(),
              Events.FOREVER,
              new SuppressStep.Outputs("out", "out", "out"),
              meters),
          "in");
      topology.addSink(
          "out", prefix + "out", new StringSerializer(), serde.serializer(), "suppress");
      return topology;
    }
  }
}

package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.mailstream.app.StreamsApp;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Topology and sender in one process that goes on living while what they need goes away and comes
 * back: readiness says what is missing, liveness stays up, work resumes by itself, nothing is lost
 * and nothing is sent twice.
 */
class PipelineUnderOutagesIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POLICIES =
      """
      accounts:
        simulator:
          provider: ses
          settings: {region: us-east-1, endpoint: "%s"}
      tenants:
        shop:
          from_domains: [shop.example]
          streams:
            receipts: {evidence_window: 500ms}
      retry: {initial: 500ms, multiplier: 1, max: 500ms, jitter: 0, max_attempts: 200, max_age: 1h}
      """;

  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private SesSimulator ses = opened(SesSimulator.start(SesSimulator.Options.defaults()));
  private TestTopics records;
  private StreamsApp app;
  private int requests;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable last : opened.reversed()) {
      last.close();
    }
  }

  @Test
  void theRegistryIsAwayAtTheStartAndInTheMiddle() throws Exception {
    Optional<Path> kept = Optional.of(directory.resolve("schemas.json"));
    EmbeddedRegistry registry = opened(EmbeddedRegistry.start("127.0.0.1", 0, kept));
    prepare(SharedKafka.bootstrapServers(), registry.url());
    byte[] strange = byAnotherSchema(registry);
    send(5);
    registry.suspend();
    // Of an outage that outlasts the patience of a deserializer, only a short patience shows.
    start(Map.of("schema.registry.mailstream.registry.retry.timeout.ms", "300"));
    awaitDown("schema-registry", registry.url());
    awaitDown("topology", "the topology waits for the schema registry at " + registry.url());
    awaitDown("sender", "waiting for the schema registry");
    registry.resume();
    awaitResults(5);
    awaitReady();

    registry.close();
    AtomicInteger asked = new AtomicInteger();
    HttpServer overloaded = overloadedRegistry(registry.port(), asked);
    try {
      records.produce(records.topics.requests(Lane.BULK), "user@example.com", strange);
      SenderRig.await("the topology to ask for the schema", () -> asked.get() >= 6);
      awaitDown("schema-registry", registry.url());
    } finally {
      overloaded.stop(0);
    }
    opened(EmbeddedRegistry.start("127.0.0.1", registry.port(), kept));

    awaitResults(6);
    assertAllSentOnce();
    assertThat(records.readRaw(records.topics.deadLetters())).isEmpty();
    awaitReady();
  }

  /** What answers nothing but 503, and counts who asks for a schema. */
  private static HttpServer overloadedRegistry(int port, AtomicInteger asked) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/",
        exchange -> {
          if (exchange.getRequestURI().getPath().startsWith("/schemas/ids/")) {
            asked.incrementAndGet();
          }
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** A request by a schema that nobody but the registry has seen. */
  private byte[] byAnotherSchema(EmbeddedRegistry registry) throws Exception {
    String topic = records.topics.requests(Lane.BULK);
    ObjectNode schema = (ObjectNode) JSON.readTree(SendRequest.getClassSchema().toString());
    schema.put("doc", "As another producer has it.");
    HttpResponse<String> answer;
    try (HttpClient http = HttpClient.newHttpClient()) {
      answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create(registry.url() + "/subjects/" + topic + "-value/versions"))
                  .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          JSON.createObjectNode().put("schema", schema.toString()).toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    }
    byte[] value = records.serializer.serialize(topic, request());
    return ByteBuffer.wrap(value).putInt(1, JSON.readTree(answer.body()).get("id").asInt()).array();
  }

  @Test
  void theEspIsAway() throws IOException {
    prepare(SharedKafka.bootstrapServers(), EmbeddedRegistry.shared().url());
    start(Map.of());
    send(5);
    awaitResults(5);
    awaitReady();
    long before = ses.inbox().accepted();
    int port = URI.create(ses.url()).getPort();
    ses.close();
    send(60);
    awaitDown("account-simulator", "account simulator does not answer");

    ses = opened(SesSimulator.start(SesSimulator.Options.defaults().port(port)));

    awaitResults(65);
    assertThat(records.read(records.topics.results(), SendResult.class))
        .extracting(SendResult::getStatus)
        .containsOnly(ResultStatus.SENT);
    assertThat(ses.inbox().accepted() + before).isEqualTo(65);
    assertThat(ses.inbox().counts().repeatedDeliveries()).isZero();
    awaitReady();
  }

  @Test
  void theBrokersAreAway() throws IOException {
    EmbeddedKafka kafka = opened(EmbeddedKafka.start(EmbeddedKafka.Options.defaults()));
    prepare(kafka.bootstrapServers(), EmbeddedRegistry.shared().url());
    start(Map.of());
    send(10);
    awaitResults(10);
    awaitReady();
    send(30);

    kafka.stop();
    awaitDown("kafka", "no broker of " + kafka.bootstrapServers() + " answers");
    awaitDown("suppression-gate", "the suppressions cannot be read");
    kafka.start();

    send(10);
    awaitResults(50);
    awaitReady();
    send(10);
    awaitResults(60);
    assertAllSentOnce();
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.add(resource);
    return resource;
  }

  private void prepare(String brokers, String registryUrl) {
    records = opened(new TestTopics(brokers, registryUrl));
  }

  private void start(Map<String, String> more) throws IOException {
    Path policies = directory.resolve("policies.yaml");
    Files.writeString(policies, POLICIES.formatted(ses.url()));
    Map<String, String> settings = records.settings();
    settings.put("role", "all");
    settings.put("policies.file", policies.toString());
    settings.put("http.port", "0");
    settings.put("topology.application.id", records.topics.prefix() + "topology");
    settings.put("topology.state.dir", directory.resolve("stores").toString());
    settings.put("topology.standbys", "0");
    settings.put("topology.threads", "1");
    settings.put("sender.group.id", records.topics.prefix() + "sender");
    settings.put("sender.instance.id", "one");
    settings.put("accounts.simulator.access.key.id", "test");
    settings.put("accounts.simulator.secret.access.key", "test");
    settings.putAll(more);
    app = opened(StreamsApp.start(settings));
  }

  private void send(int count) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SendRequest request = request();
      sent.add(
          records.send(
              records.topics.requests(i % 2 == 0 ? Lane.BULK : Lane.TRANSACTIONAL),
              RecipientKey.bytes(request.getTo().getFirst().getAddress()),
              request));
    }
    sent.forEach(TestTopics::get);
  }

  private SendRequest request() {
    int number = requests++;
    return SendRequest.newBuilder()
        .setRequestId("r" + number)
        .setTenant("shop")
        .setStream("receipts")
        .setFrom(new Mailbox("orders@shop.example", null))
        .setTo(List.of(new Recipient("user%d@example.com".formatted(number), null, Map.of())))
        .setSubject("Your order")
        .setContent(new InlineContent("Thank you.", null, List.of()))
        .build();
  }

  /** Waits until the check is down and says so; what can come right by itself is still alive. */
  private void awaitDown(String check, String why) {
    SenderRig.await(
        "%s to say: %s".formatted(check, why),
        () ->
            app.health().checkReadiness().checks().get(check) instanceof CheckResult.Down down
                && down.why().contains(why));
    assertThat(app.health().checkLiveness().isUp()).isTrue();
  }

  private void awaitReady() {
    SenderRig.await("ready", () -> app.health().checkReadiness().isUp());
    assertThat(app.health().checkLiveness().isUp()).isTrue();
  }

  private void awaitResults(int count) {
    SenderRig.await(
        count + " results", () -> records.readRaw(records.topics.results()).size() >= count);
  }

  /** One result each; what nobody can know is labelled, and the ESP was asked once at most. */
  private void assertAllSentOnce() {
    List<SendResult> results = records.read(records.topics.results(), SendResult.class);
    Map<String, Integer> sends = new TreeMap<>();
    for (SendResult result : results) {
      int accepted = ses.inbox().accepted(result.getDeliveryId());
      sends.put(result.getRequestId(), accepted);
      assertThat(accepted)
          .as("sends of %s", result)
          .isBetween(result.getStatus() == ResultStatus.UNCERTAIN ? 0 : 1, 1);
      assertThat(result.getStatus()).isIn(ResultStatus.SENT, ResultStatus.UNCERTAIN);
    }
    assertThat(sends).hasSize(requests);
    assertThat(results).hasSize(requests);
  }
}

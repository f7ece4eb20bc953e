package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.v1.Lane;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

  private PipelineRig pipeline;
  private SesSimulator ses;

  @BeforeEach
  void prepare() {
    pipeline = new PipelineRig(directory);
    ses = pipeline.opened(SesSimulator.start(SesSimulator.Options.defaults()));
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  @Test
  void theRegistryIsAwayAtTheStartAndInTheMiddle() throws Exception {
    Optional<Path> kept = Optional.of(directory.resolve("schemas.json"));
    EmbeddedRegistry registry = pipeline.opened(EmbeddedRegistry.start("127.0.0.1", 0, kept));
    pipeline.connect(SharedKafka.bootstrapServers(), registry.url());
    byte[] strange = byAnotherSchema(registry);
    send(5);
    registry.suspend();
    // Of an outage that outlasts the patience of a deserializer, only a short patience shows.
    start(Map.of("schema.registry.mailstream.registry.retry.timeout.ms", "300"));
    awaitDown("schema-registry", registry.url());
    awaitDown("topology", "the topology waits for the schema registry at " + registry.url());
    awaitDown("sender", "waiting for the schema registry");
    registry.resume();
    pipeline.awaitResults(5);
    awaitReady();

    registry.close();
    AtomicInteger asked = new AtomicInteger();
    HttpServer overloaded = overloadedRegistry(registry.port(), asked);
    try {
      pipeline
          .records()
          .produce(pipeline.records().topics.requests(Lane.BULK), "user@example.com", strange);
      SenderRig.await("the topology to ask for the schema", () -> asked.get() >= 6);
      awaitDown("schema-registry", registry.url());
    } finally {
      overloaded.stop(0);
    }
    pipeline.opened(EmbeddedRegistry.start("127.0.0.1", registry.port(), kept));

    pipeline.awaitResults(6);
    assertAllSentOnce();
    assertThat(pipeline.records().readRaw(pipeline.records().topics.deadLetters())).isEmpty();
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
    String topic = pipeline.records().topics.requests(Lane.BULK);
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
    byte[] value =
        pipeline.records().serializer.serialize(topic, pipeline.request("shop", "receipts"));
    return ByteBuffer.wrap(value).putInt(1, JSON.readTree(answer.body()).get("id").asInt()).array();
  }

  @Test
  void theEspIsAway() throws IOException {
    pipeline.connect();
    start(Map.of());
    send(5);
    pipeline.awaitResults(5);
    awaitReady();
    long before = ses.inbox().accepted();
    int port = URI.create(ses.url()).getPort();
    ses.close();
    send(60);
    awaitDown("account-simulator", "account simulator does not answer");

    ses = pipeline.opened(SesSimulator.start(SesSimulator.Options.defaults().port(port)));

    pipeline.awaitResults(65);
    assertThat(pipeline.results())
        .extracting(SendResult::getStatus)
        .containsOnly(ResultStatus.SENT);
    assertThat(ses.inbox().accepted() + before).isEqualTo(65);
    assertThat(ses.inbox().counts().repeatedDeliveries()).isZero();
    awaitReady();
  }

  @Test
  void theBrokersAreAway() throws IOException {
    EmbeddedKafka kafka = pipeline.opened(EmbeddedKafka.start(EmbeddedKafka.Options.defaults()));
    pipeline.connect(kafka.bootstrapServers(), EmbeddedRegistry.shared().url());
    start(Map.of());
    send(10);
    pipeline.awaitResults(10);
    awaitReady();
    send(30);

    kafka.stop();
    awaitDown("kafka", "no broker of " + kafka.bootstrapServers() + " answers");
    awaitDown("suppression-gate", "the suppressions cannot be read");
    kafka.start();

    send(10);
    pipeline.awaitResults(50);
    awaitReady();
    send(10);
    pipeline.awaitResults(60);
    assertAllSentOnce();
  }

  private void start(Map<String, String> more) throws IOException {
    pipeline.start(POLICIES.formatted(ses.url()), List.of("simulator"), more);
  }

  private void send(int count) {
    pipeline.send("shop", "receipts", count);
  }

  /** Waits until the check is down and says so; what can come right by itself is still alive. */
  private void awaitDown(String check, String why) {
    SenderRig.await(
        "%s to say: %s".formatted(check, why),
        () -> pipeline.check(check) instanceof CheckResult.Down down && down.why().contains(why));
    assertThat(pipeline.app().health().checkLiveness().isUp()).isTrue();
  }

  private void awaitReady() {
    pipeline.awaitReady();
    assertThat(pipeline.app().health().checkLiveness().isUp()).isTrue();
  }

  /** One result each; what nobody can know is labelled, and the ESP was asked once at most. */
  private void assertAllSentOnce() {
    List<SendResult> results = pipeline.results();
    Map<String, Integer> sends = new TreeMap<>();
    for (SendResult result : results) {
      int accepted = ses.inbox().accepted(result.getDeliveryId());
      sends.put(result.getRequestId(), accepted);
      assertThat(accepted)
          .as("sends of %s", result)
          .isBetween(result.getStatus() == ResultStatus.UNCERTAIN ? 0 : 1, 1);
      assertThat(result.getStatus()).isIn(ResultStatus.SENT, ResultStatus.UNCERTAIN);
    }
    assertThat(sends).hasSize(pipeline.requests());
    assertThat(results).hasSize(pipeline.requests());
  }
}

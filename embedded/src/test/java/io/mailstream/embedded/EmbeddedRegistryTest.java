package io.mailstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.runtime.http.PortInUseException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRegistryTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema ONE =
      SchemaBuilder.record("R").fields().requiredString("a").endRecord();
  private static final Schema WITH_DEFAULT =
      SchemaBuilder.record("R").fields().requiredString("a").optionalString("b").endRecord();
  private static final Schema WITHOUT_DEFAULT =
      SchemaBuilder.record("R").fields().requiredString("a").requiredString("b").endRecord();

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();
  private EmbeddedRegistry registry = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty());

  private record Answer(int status, JsonNode body) {}

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void theSameSchemaHasOneIdUnderTwoSubjects() throws Exception {
    assertThat(register("s", ONE).body().path("id").asInt()).isEqualTo(1);
    assertThat(register("s", ONE).body().path("id").asInt()).isEqualTo(1);
    assertThat(register("t", ONE).body().path("id").asInt()).isEqualTo(1);
    assertThat(register("s", WITH_DEFAULT).body().path("id").asInt()).isEqualTo(2);

    assertThat(get("/subjects").body().toString()).isEqualTo("[\"s\",\"t\"]");
    assertThat(get("/subjects/s/versions").body().toString()).isEqualTo("[1,2]");
    assertThat(get("/schemas/ids/1/versions?unknown=x").body()).hasSize(2);
    JsonNode latest = get("/subjects/s/versions/latest").body();
    assertThat(latest.path("version").asInt()).isEqualTo(2);
    assertThat(latest.path("schema").asText()).isEqualTo(WITH_DEFAULT.toString());
    assertThat(get("/schemas/ids/1").body().path("schema").asText()).isEqualTo(ONE.toString());
  }

  @Test
  void whatIsNotThereHasConfluentsErrorCodes() throws Exception {
    register("s", ONE);

    assertFault(get("/subjects/none/versions"), 404, 40401);
    assertFault(get("/subjects/s/versions/7"), 404, 40402);
    assertFault(get("/subjects/s/versions/x"), 422, 42202);
    assertFault(get("/schemas/ids/99"), 404, 40403);
    assertFault(post("/subjects/s", schema(WITH_DEFAULT)), 404, 40403);
    assertFault(post("/subjects/none", schema(ONE)), 404, 40401);
    assertFault(get("/config/s"), 404, 40408);
    assertFault(get("/mode/s"), 404, 40409);
    assertFault(get("/nowhere"), 404, 404);
  }

  @Test
  void anInvalidSchemaIsRefused() throws Exception {
    assertFault(post("/subjects/s/versions", Map.of("schema", "{\"type\":\"no\"}")), 422, 42201);
    assertFault(post("/subjects/s/versions", Map.of("schema", "not JSON")), 422, 42201);
    assertFault(post("/subjects/s/versions", Map.of()), 422, 42201);
    assertFault(
        post("/subjects/s/versions", Map.of("schema", "{}", "schemaType", "PROTOBUF")), 422, 42201);
    assertThat(get("/subjects").body()).isEmpty();
  }

  @Test
  void anIncompatibleVersionIsRefusedByTheLevelInForce() throws Exception {
    register("s", ONE);
    assertFault(register("s", WITHOUT_DEFAULT), 409, 409);
    assertThat(
            post("/compatibility/subjects/s/versions/latest?verbose=true", schema(WITHOUT_DEFAULT))
                .body()
                .path("is_compatible")
                .asBoolean())
        .isFalse();

    assertThat(put("/config/s", Map.of("compatibility", "FORWARD")).status()).isEqualTo(200);
    assertThat(register("s", WITHOUT_DEFAULT).status()).isEqualTo(200);
    assertThat(get("/config/s").body().path("compatibilityLevel").asText()).isEqualTo("FORWARD");
    assertThat(get("/config").body().path("compatibilityLevel").asText()).isEqualTo("BACKWARD");
    assertFault(put("/config/s", Map.of("compatibility", "SIDEWAYS")), 422, 42203);
  }

  @Test
  void transitiveLevelsHoldAgainstAllVersions() throws Exception {
    Schema removed = SchemaBuilder.record("R").fields().optionalString("b").endRecord();
    put("/config", Map.of("compatibility", "FULL_TRANSITIVE"));
    register("s", ONE);
    assertThat(register("s", WITH_DEFAULT).status()).isEqualTo(200);
    assertFault(register("s", removed), 409, 409);

    put("/config", Map.of("compatibility", "BACKWARD"));
    assertThat(register("s", removed).status()).isEqualTo(200);
  }

  @Test
  void normalizeIgnoresTheOrderOfKeys() throws Exception {
    String text = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[],\"%s\":1,\"%s\":2}";
    post("/subjects/s/versions?normalize=true", Map.of("schema", text.formatted("x", "y")));

    Answer swapped =
        post(
            "/subjects/s?normalize=true",
            Map.of(
                "schema",
                text.replace(":1", ":0")
                    .replace(":2", ":1")
                    .replace(":0", ":2")
                    .formatted("y", "x")));

    assertThat(swapped.body().path("id").asInt()).isEqualTo(1);
  }

  @Test
  void idsAndLevelsSurviveARestart() throws Exception {
    registry.close();
    Path file = dir.resolve("registry.json");
    registry = EmbeddedRegistry.start("127.0.0.1", 0, Optional.of(file));
    register("other", WITH_DEFAULT);
    register("s", ONE);
    put("/config/s", Map.of("compatibility", "NONE"));
    registry.close();

    registry = EmbeddedRegistry.start("127.0.0.1", registry.port(), Optional.of(file));

    assertThat(register("s", ONE).body().path("id").asInt()).isEqualTo(2);
    assertThat(register("s", WITHOUT_DEFAULT).body().path("id").asInt()).isEqualTo(3);
    assertThat(get("/config/s").body().path("compatibilityLevel").asText()).isEqualTo("NONE");
  }

  @Test
  void anOutageIsAnsweredOrRefusedAndEnds() throws Exception {
    register("s", ONE);
    registry.suspend();
    assertThat(get("/subjects").status()).isEqualTo(503);
    registry.resume();
    assertThat(get("/subjects").status()).isEqualTo(200);
    registry.close();
    assertThatThrownBy(() -> get("/subjects")).isInstanceOf(ConnectException.class);
  }

  @Test
  void readOnlyModeRefusesNewSchemasOnly() throws Exception {
    register("s", ONE);
    put("/mode", Map.of("mode", "READONLY"));
    assertThat(register("s", ONE).status()).isEqualTo(200);
    assertFault(register("s", WITH_DEFAULT), 422, 42205);
  }

  @Test
  void aBodyBeyondTheBoundIsRefused() throws Exception {
    Map<String, String> large = Map.of("schema", "x".repeat(3 * 1024 * 1024));
    // The client waits for leave to send: else the answer may come while it still writes.
    Answer answer = send(request("/subjects/s/versions").expectContinue(true).POST(json(large)));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(get("/subjects").body()).isEmpty();
  }

  @Test
  void aTakenPortIsAnErrorThatNamesIt() throws Exception {
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress(Ports.loopback(), Ports.free()));
      int port = other.getLocalPort();
      assertThatThrownBy(() -> EmbeddedRegistry.start("127.0.0.1", port, Optional.empty()))
          .isInstanceOf(PortInUseException.class)
          .hasMessageContaining(String.valueOf(port));
    }
  }

  private static void assertFault(Answer answer, int status, int code) {
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
    assertThat(answer.body().path("error_code").asInt()).isEqualTo(code);
    assertThat(answer.body().path("message").asText()).isNotBlank();
  }

  private Answer register(String subject, Schema schema) throws Exception {
    return post("/subjects/" + subject + "/versions", schema(schema));
  }

  private static Map<String, String> schema(Schema schema) {
    return Map.of("schema", schema.toString());
  }

  private Answer get(String path) throws Exception {
    return send(request(path).GET());
  }

  private Answer post(String path, Object body) throws Exception {
    return send(request(path).POST(json(body)));
  }

  private Answer put(String path, Object body) throws Exception {
    return send(request(path).PUT(json(body)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(registry.url() + path))
        .header("Content-Type", "application/vnd.schemaregistry.v1+json");
  }

  private static HttpRequest.BodyPublisher json(Object body) throws IOException {
    return HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
  }

  private Answer send(HttpRequest.Builder request) throws Exception {
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    boolean ours = response.statusCode() != 413;
    if (ours) {
      assertThat(response.headers().firstValue("Content-Type"))
          .hasValue("application/vnd.schemaregistry.v1+json");
    }
    return new Answer(
        response.statusCode(), ours ? JSON.readTree(response.body()) : JSON.nullNode());
  }
}

package io.mailstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.http.HttpRouting;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.health.HealthCheck;
import io.mailstream.runtime.metrics.Metrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpServiceTest {

  private final HttpClient client = HttpClient.newHttpClient();
  private final Health health = new Health();
  private final Metrics metrics = Metrics.create("test");
  private HttpService server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    metrics.close();
    client.close();
  }

  private void start(Consumer<HttpRouting.Builder> routes) {
    server = HttpService.start("test API", "127.0.0.1", 0, 1024, health, metrics, routes);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void namesWhatIsNotReadyAndWhy() throws Exception {
    health.readiness(HealthCheck.of("kafka", CheckResult::up));
    health.readiness(HealthCheck.of("registry", () -> CheckResult.down("no answer")));
    start(routes -> {});

    HttpResponse<String> ready = get("/readyz");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body())
        .isEqualTo(
            "{\"status\":\"DOWN\",\"checks\":[{\"name\":\"kafka\",\"status\":\"UP\"},"
                + "{\"name\":\"registry\",\"status\":\"DOWN\",\"reason\":\"no answer\"}]}");
    HttpResponse<String> live = get("/livez");
    assertThat(live.statusCode()).isEqualTo(200);
    assertThat(live.body()).isEqualTo("{\"status\":\"UP\",\"checks\":[]}");
  }

  @Test
  void servesMetrics() throws Exception {
    metrics.registry().counter("mailstream.test.requests").increment(3);
    start(routes -> {});

    assertThat(get("/metrics").body())
        .contains("mailstream_test_requests_total{service=\"test\"} 3.0")
        .contains("jvm_memory_used_bytes");
  }

  @Test
  void answersErrorsAsProblems() throws Exception {
    start(routes ->
        routes.get(
            "/broken",
            (request, response) -> {
              throw new IllegalStateException("inner detail");
            }));

    HttpResponse<String> missing = get("/nowhere");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.headers().firstValue("content-type")).hasValue(Problem.MEDIA_TYPE);
    assertThat(missing.body()).contains("\"title\":\"Not Found\",\"status\":404");

    HttpResponse<String> broken = get("/broken");
    assertThat(broken.statusCode()).isEqualTo(500);
    assertThat(broken.headers().firstValue("content-type")).hasValue(Problem.MEDIA_TYPE);
    assertThat(broken.body()).doesNotContain("inner detail");
  }

  @Test
  void refusesALargerBodyWithAndWithoutLength() throws Exception {
    start(routes ->
        routes.post(
            "/take", (request, response) -> response.send(request.content().as(String.class))));
    URI take = URI.create(server.url() + "/take");
    byte[] fits = new byte[1024];
    byte[] tooLarge = new byte[1025];

    assertThat(post(take, BodyPublishers.ofByteArray(fits)).statusCode()).isEqualTo(200);
    HttpResponse<String> refused = post(take, BodyPublishers.ofByteArray(tooLarge));
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.headers().firstValue("content-type")).hasValue(Problem.MEDIA_TYPE);
    assertThat(
            post(take, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLarge)))
                .statusCode())
        .isEqualTo(413);
  }

  @Test
  void unpacksABodyUpToTheSameSize() throws Exception {
    start(routes ->
        routes.post(
            "/take", (request, response) -> response.send(request.content().as(String.class))));

    HttpResponse<String> fits = postPacked("gzip", gzip("x".repeat(1024)));
    assertThat(fits.statusCode()).isEqualTo(200);
    assertThat(fits.body()).isEqualTo("x".repeat(1024));
    byte[] bomb = gzip("x".repeat(100_000));
    assertThat(bomb).hasSizeLessThan(1024);
    HttpResponse<String> refused = postPacked("gzip", bomb);
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).contains("unpacked").contains("1024");
  }

  @Test
  void refusesWhatIsNotGzip() throws Exception {
    start(routes ->
        routes.post(
            "/take", (request, response) -> response.send(request.content().as(String.class))));
    byte[] packed = gzip("hello");

    for (byte[] broken :
        List.of("hello".getBytes(UTF_8), Arrays.copyOf(packed, packed.length - 9))) {
      assertThat(postPacked("gzip", broken).statusCode()).isEqualTo(400);
    }
    for (String other : List.of("deflate", "br", "gzip, gzip")) {
      assertThat(postPacked(other, packed).statusCode()).as(other).isEqualTo(400);
    }
  }

  private HttpResponse<String> postPacked(String encoding, byte[] body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.url() + "/take"))
            .header("Content-Encoding", encoding)
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private HttpResponse<String> post(URI uri, HttpRequest.BodyPublisher body) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).POST(body).build(), BodyHandlers.ofString());
  }

  @Test
  void namesTheTakenPort() {
    start(routes -> {});

    assertThatThrownBy(() ->
            HttpService.start(
                "the query API", "127.0.0.1", server.port(), health, metrics, routes -> {}))
        .isInstanceOfSatisfying(
            PortInUseException.class, e -> assertThat(e.port()).isEqualTo(server.port()))
        .hasMessageContaining("port " + server.port() + " on 127.0.0.1, for the query API");
  }

  @Test
  void letsInWithATokenOnly() throws Exception {
    BearerAuth auth = BearerAuth.of(List.of("old-token", "new-token"), "127.0.0.1");
    start(routes ->
        routes.any("/v1/*", auth).get("/v1/thing", (request, response) -> response.send("here")));

    HttpResponse<String> without = get("/v1/thing");
    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.headers().firstValue("www-authenticate")).hasValue("Bearer");
    assertThat(get("/v1/thing", "Authorization", "Bearer old").statusCode()).isEqualTo(401);
    assertThat(get("/v1/thing", "Authorization", "Basic old-token").statusCode()).isEqualTo(401);
    assertThat(get("/v1/thing", "Authorization", "Bearer new-token").body()).isEqualTo("here");
    assertThat(get("/v1/thing", "Authorization", "bearer old-token").body()).isEqualTo("here");
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void onlyATokenThatMayWriteWrites() throws Exception {
    BearerAuth auth =
        BearerAuth.of(
            List.of("reader", "read:reads", "ops:write:writes", ":write:nameless"), "127.0.0.1");
    start(routes ->
        routes
            .any("/v1/*", auth)
            .put(
                "/v1/thing",
                auth.writing(),
                (request, response) -> response.send(auth.caller(request))));

    for (String token : List.of("reader", "reads")) {
      HttpResponse<String> refused = put("Bearer " + token);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.headers().firstValue("www-authenticate").orElseThrow())
          .contains("insufficient_scope");
    }
    assertThat(put("Bearer ops:write:writes").statusCode()).isEqualTo(401);
    assertThat(put("Bearer writes").body()).isEqualTo("ops");
    assertThat(put("Bearer nameless").body()).isEqualTo(BearerAuth.ANYBODY);
  }

  private HttpResponse<String> put(String authorization) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.url() + "/v1/thing"))
            .header("Authorization", authorization)
            .PUT(BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void aTokenThatIsNotAsItMustBeIsNamedByItsPlace() {
    assertThat(BearerAuth.faults(List.of("good", "admin:s3cret", "a:b:write:s3cret", "write:")))
        .hasSize(3)
        .allSatisfy(fault -> assertThat(fault).contains("api.tokens").doesNotContain("s3cret"))
        .first()
        .asString()
        .contains("number 2");
  }

  @Test
  void withoutATokenOnlyLoopbackIsBound() {
    assertThatThrownBy(() -> BearerAuth.of(List.of(), "0.0.0.0"))
        .hasMessageContaining("http.host = '0.0.0.0'")
        .hasMessageContaining("api.tokens");
    assertThat(BearerAuth.of(List.of(), "127.0.0.1")).isNotNull();
    assertThat(BearerAuth.of(List.of(), "::1")).isNotNull();
    assertThat(BearerAuth.of(List.of("t"), "0.0.0.0")).isNotNull();
  }
}

package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.http.HttpRouting;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.BearerAuth;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.http.Problem;
import io.mailstream.runtime.metrics.Metrics;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that answers as the query API does. */
class SuppressionsCommandTest {

  @TempDir Path dir;

  private final Metrics metrics = Metrics.create("test");
  private HttpService server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    metrics.close();
  }

  private String start(Consumer<HttpRouting.Builder> routes) {
    server = HttpService.start("API", "127.0.0.1", 0, new Health(), metrics, routes);
    return server.url();
  }

  private String answering(String json) {
    return start(routes ->
        routes.get("/v1/suppressions/{+address}", (request, response) -> response.send(json)));
  }

  @Test
  void saysWhyAndUntilWhen() {
    String url =
        answering(
            """
            {"address": "a@example.com", "suppressed": true, "reason": "HARD_BOUNCE", "entries": [
              {"scope": "everything", "reason": "HARD_BOUNCE", "since": "2026-11-21T09:00:00Z",
               "note": "550 5.1.1 no such user"},
              {"scope": "stream", "tenant": "acme", "stream": "news", "reason": "UNSUBSCRIBE",
               "since": "2026-11-20T09:00:00Z", "expires": "2027-11-20T09:00:00Z"}]}
            """);

    Run run = Run.of("suppressions", "get", "a@example.com", "--api", url);

    assertThat(run.out())
        .isEqualTo(
            """
            suppressed  a@example.com: HARD_BOUNCE
              HARD_BOUNCE for everything, since 2026-11-21T09:00:00Z, for good: 550 5.1.1 no such \
            user
              UNSUBSCRIBE for stream news of tenant acme, since 2026-11-20T09:00:00Z, until \
            2027-11-20T09:00:00Z
            """);
    assertThat(run.status()).isEqualTo(0);
  }

  @Test
  void anAddressThatIsNotSuppressedIsStatusOne() {
    String url = answering("{\"address\": \"a@example.com\", \"suppressed\": false}");

    Run run = Run.of("suppressions", "get", "a@example.com", "--api", url + "/");

    assertThat(run.out()).isEqualTo("not suppressed  a@example.com\n");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void asksForTheAddressTenantAndStreamAsGiven() {
    String url =
        start(routes ->
            routes.get(
                "/v1/suppressions/{+address}",
                (request, response) ->
                    response.send(
                        "{\"suppressed\": false, \"asked\": \"%s|%s|%s\"}"
                            .formatted(
                                request.path().pathParameters().get("address"),
                                request.query().get("tenant"),
                                request.query().get("stream")))));

    Run run =
        Run.of(
            "suppressions",
            "get",
            "a+b/ü@example.com",
            "--tenant",
            "a&b c",
            "--stream",
            "n=1",
            "--json",
            "--api",
            url);

    assertThat(run.out()).contains("\"asked\": \"a+b/ü@example.com|a&b c|n=1\"");
  }

  @Test
  void theTokenComesFromAFileOrTheEnvironment() throws Exception {
    BearerAuth auth = BearerAuth.of(List.of("s3cret"), "127.0.0.1");
    String url =
        start(routes ->
            routes
                .any("/v1/*", auth)
                .get(
                    "/v1/suppressions/{+address}",
                    (request, response) -> response.send("{\"suppressed\": true}")));
    Path token = Files.writeString(dir.resolve("token"), "s3cret\n");
    String[] get = {"suppressions", "get", "a@example.com", "--api", url};

    Run without = Run.of(get);
    assertThat(without.status()).isEqualTo(3);
    assertThat(without.err()).contains("answers 401").contains("--token-file");

    assertThat(Run.with("", Map.of("MAILSTREAM_API_TOKEN", "s3cret"), get).status()).isZero();
    assertThat(
            Run.of(
                    "suppressions",
                    "get",
                    "a@example.com",
                    "--api",
                    url,
                    "--token-file",
                    token.toString())
                .status())
        .isZero();
  }

  @Test
  void aTokenThatIsNoneIsNotRepeated() {
    Run run =
        Run.with(
            "",
            Map.of("MAILSTREAM_API_TOKEN", "s3cret\nX-Other: 1"),
            "suppressions",
            "get",
            "a@example.com");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("token").doesNotContain("s3cret");
  }

  @Test
  void theApisOwnWordsAreShown() {
    String url =
        start(routes ->
            routes.get(
                "/v1/suppressions/{+address}",
                (request, response) -> Problem.of(503, "partition 3 is moving").send(response)));

    Run run = Run.of("suppressions", "get", "a@example.com", "--api", url);

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err()).contains("answers 503 partition 3 is moving");
  }

  @Test
  void whatIsNotTheApiIsNotTakenForAnAnswer() {
    Run run = Run.of("suppressions", "get", "a@example.com", "--api", answering("{}"));

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err()).contains("does not answer as Mailstream's query API");
  }

  @Test
  void anApiThatIsNotThereIsNamed() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String url = "http://127.0.0.1:" + free;

    Run run = Run.of("suppressions", "get", "a@example.com", "--api", url);

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err()).contains(url).contains("--api");
    assertThat(Optional.of(run.out())).hasValue("");
  }

  @Test
  void aStreamNeedsItsTenant() {
    assertThat(Run.of("suppressions", "get", "a@example.com", "--stream", "news").status())
        .isEqualTo(2);
    assertThat(Run.of("suppressions", "get", "nobody").status()).isEqualTo(2);
  }
}

package io.mailstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.http.Status;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.metrics.Metrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that answers as the query API does: two pages. */
class SuppressionsExportTest {

  private static final String FIRST =
      """
      {"results": [{"address": "a@example.com", "suppressed": true, "entries": [
         {"scope": "everything", "reason": "COMPLAINT", "since": "2026-11-21T09:00:00Z",
          "source_event": "e1"},
         {"scope": "tenant", "tenant": "shop", "reason": "MANUAL", "since": "2026-11-20T09:00:00Z",
          "expires": "2027-01-01T00:00:00Z", "note": "a,b", "source_event": "c1"}]}],
       "next": "more"}
      """;
  private static final String SECOND =
      """
      {"results": [{"address": "b@example.com", "suppressed": true, "entries": [
         {"scope": "everything", "reason": "COMPLAINT", "since": "2026-11-21T09:00:00Z",
          "source_event": "e2"}]}]}
      """;

  @TempDir Path dir;

  private final Metrics metrics = Metrics.create("test");
  private final AtomicBoolean away = new AtomicBoolean();
  private HttpService server;

  @BeforeEach
  void start() {
    server =
        HttpService.start(
            "API",
            "127.0.0.1",
            0,
            new Health(),
            metrics,
            routes ->
                routes.get(
                    "/v1/suppressions",
                    (request, response) -> {
                      boolean second = request.query().contains("cursor");
                      if (second && away.get()) {
                        response.status(Status.SERVICE_UNAVAILABLE_503).send();
                      } else {
                        response.send(second ? SECOND : FIRST);
                      }
                    }));
  }

  @AfterEach
  void stop() {
    server.close();
    metrics.close();
  }

  @Test
  void allPagesAreWrittenOneEntryALine() {
    Run run = export();

    assertThat(run.status()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "{\"address\":\"a@example.com\",\"reason\":\"COMPLAINT\",\"since\":\"2026-11-21T09:00:00Z\","
                + "\"source_event\":\"e1\"}",
            "{\"address\":\"a@example.com\",\"tenant\":\"shop\",\"reason\":\"MANUAL\","
                + "\"expires_at\":\"2027-01-01T00:00:00Z\",\"note\":\"a,b\","
                + "\"since\":\"2026-11-20T09:00:00Z\",\"source_event\":\"c1\"}",
            "{\"address\":\"b@example.com\",\"reason\":\"COMPLAINT\",\"since\":\"2026-11-21T09:00:00Z\","
                + "\"source_event\":\"e2\"}");
    assertThat(run.err()).contains("3 entries");
  }

  @Test
  void onlyWhatFitsIsWritten() {
    assertThat(export("--reason", "MANUAL").out().lines()).hasSize(1);
    assertThat(export("--since", "2026-11-21T00:00:00Z").out().lines()).hasSize(2);
  }

  @Test
  void theSameCommandGoesOnWhereItStopped() throws Exception {
    Path file = dir.resolve("list.csv");
    away.set(true);
    Run broken = export("--output", file.toString());
    assertThat(broken.status()).isEqualTo(3);
    // As if it had been cut off in the middle of the next page.
    Files.writeString(file, Files.readString(file) + "half a li");

    away.set(false);
    Run run = export("--output", file.toString());

    assertThat(run.err()).contains("going on where it stopped");
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "address,tenant,stream,reason,expires_at,note,since,source_event",
            "a@example.com,,,COMPLAINT,,,2026-11-21T09:00:00Z,e1",
            "a@example.com,shop,,MANUAL,2027-01-01T00:00:00Z,\"a,b\",2026-11-20T09:00:00Z,c1",
            "b@example.com,,,COMPLAINT,,,2026-11-21T09:00:00Z,e2");
    assertThat(dir.resolve("list.csv.progress")).doesNotExist();
  }

  private Run export(String... more) {
    String[] args = new String[more.length + 4];
    args[0] = "suppressions";
    args[1] = "export";
    args[2] = "--api";
    args[3] = server.url();
    System.arraycopy(more, 0, args, 4, more.length);
    return Run.of(args);
  }
}

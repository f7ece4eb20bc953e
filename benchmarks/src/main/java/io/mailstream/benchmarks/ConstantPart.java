package io.mailstream.benchmarks;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.metrics.Metrics;
import java.nio.file.Files;
import java.nio.file.Path;

/** The HTTP server of the query API, with the same paths, and a constant for an answer. */
final class ConstantPart {

  private ConstantPart() {}

  /**
   * Runs until its parent ends.
   *
   * @param args files with the answers to a look-up and to a check of many
   */
  public static void main(String[] args) throws Exception {
    byte[] one = Files.readAllBytes(Path.of(args[0]));
    byte[] many = Files.readAllBytes(Path.of(args[1]));
    try (Metrics metrics = Metrics.create("constant");
        HttpService server =
            HttpService.start(
                "constant",
                "127.0.0.1",
                0,
                new Health(),
                metrics,
                routes ->
                    routes
                        .post(
                            "/v1/suppressions/check",
                            (request, response) -> {
                              request.content().as(byte[].class);
                              send(response, many);
                            })
                        .get(
                            "/v1/suppressions/{+address}",
                            (request, response) -> send(response, one)))) {
      System.out.println(Part.READY + server.port());
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }

  private static void send(ServerResponse response, byte[] answer) {
    response.header(HeaderNames.CONTENT_TYPE, "application/json").send(answer);
  }
}

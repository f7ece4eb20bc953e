package io.mailstream.benchmarks.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.benchmarks.faults.history.History.Accepted;
import io.mailstream.benchmarks.faults.history.Id;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What the pipeline says it holds, asked of the topologies' query API. */
final class Holdings {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int ASKED_MOST = 2_000;

  private final List<URI> topologies;

  Holdings(List<URI> topologies) {
    this.topologies = topologies;
  }

  /** How much is held, as text; why it is not known where nobody answers. */
  String total() {
    for (URI topology : topologies) {
      try (HttpClient http = HttpClient.newHttpClient()) {
        HttpResponse<String> answer = get(http, topology.resolve("/v1/holds"));
        if (answer.statusCode() == 200) {
          return JSON.readTree(answer.body()).path("held").toString();
        }
      } catch (IOException e) {
        // The other one.
      }
    }
    return "no topology answers";
  }

  /** Of those without a result: the deliveries that are held. */
  Set<Id> held(List<Accepted> open, Function<Id, String> addresses) {
    Set<Id> held = new HashSet<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (Accepted entry : open.stream().limit(ASKED_MOST).toList()) {
        String path =
            "/v1/recipients/"
                + URLEncoder.encode(addresses.apply(entry.recipient()), StandardCharsets.UTF_8);
        for (URI topology : topologies) {
          try {
            HttpResponse<String> answer = get(http, topology.resolve(path));
            if (answer.statusCode() == 200) {
              for (JsonNode waiting : JSON.readTree(answer.body()).path("held")) {
                held.add(Id.of(waiting.path("delivery_id").asText()));
              }
              break;
            }
          } catch (IOException e) {
            // The other one.
          }
        }
      }
    }
    return held;
  }

  private static HttpResponse<String> get(HttpClient http, URI uri) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(uri).timeout(ANSWER).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

package io.mailstream.streams.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Holds every answer that a test gets against the API's own description. */
final class ApiContract {

  private final JsonNode document;

  ApiContract(String json) throws IOException {
    document = new ObjectMapper().readTree(json);
  }

  /** One thing that can be called. */
  record Operation(String method, String path) {}

  List<Operation> operations() {
    List<Operation> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      path.getValue()
          .fieldNames()
          .forEachRemaining(key -> {
            if (!key.equals("parameters")) {
              all.add(new Operation(key.toUpperCase(java.util.Locale.ROOT), path.getKey()));
            }
          });
    }
    return all;
  }

  /** Fails where path, method, status or media type are not described. */
  <T> HttpResponse<T> check(HttpResponse<T> response) {
    String method = response.request().method();
    String path = response.request().uri().getRawPath();
    List<JsonNode> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> candidate : document.path("paths").properties()) {
      // The plain path comes first, as in the server.
      if (candidate.getKey().equals(path)) {
        found.addFirst(candidate.getValue());
      } else if (pattern(candidate.getKey()).matcher(path).matches()) {
        found.add(candidate.getValue());
      }
    }
    assertThat(found).as("paths for " + path).isNotEmpty();
    JsonNode operation = found.getFirst().path(method.toLowerCase(java.util.Locale.ROOT));
    JsonNode answer = resolve(operation.path("responses").path("" + response.statusCode()));
    assertThat(answer.isMissingNode())
        .as("%s %s answers %d, which is not described", method, path, response.statusCode())
        .isFalse();
    if (answer.has("content")) {
      assertThat(
              answer.path("content").has(response.headers().firstValue("Content-Type").orElse("")))
          .as("%s %s: media type %s", method, path, response.headers().firstValue("Content-Type"))
          .isTrue();
    }
    return response;
  }

  private JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  private static Pattern pattern(String template) {
    return Pattern.compile(template.replaceAll("\\{[^}]+}", ".+"));
  }
}

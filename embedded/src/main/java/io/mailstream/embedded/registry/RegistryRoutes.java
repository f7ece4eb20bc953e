package io.mailstream.embedded.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The paths of Confluent's registry API; query parameters it does not know are ignored. */
final class RegistryRoutes implements HttpService {

  static final String JSON_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GLOBAL = "";

  private final SchemaStore store;

  RegistryRoutes(SchemaStore store) {
    this.store = store;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get("/", answer(request -> Map.of()));
    subjects(rules);
    schemas(rules);
    compatibility(rules);
    config(rules);
    mode(rules);
  }

  private void subjects(HttpRules rules) {
    rules
        .get("/subjects", answer(request -> store.subjects()))
        .get("/subjects/{subject}/versions", answer(request -> store.versions(subject(request))))
        .get(
            "/subjects/{subject}/versions/{version}",
            answer(request -> full(store.version(subject(request), path(request, "version")))))
        .get(
            "/subjects/{subject}/versions/{version}/schema",
            answer(
                request -> raw(store.version(subject(request), path(request, "version")).schema())))
        .post(
            "/subjects/{subject}/versions",
            answer(request ->
                Map.of(
                    "id",
                    store.register(subject(request), schema(request), normalize(request)).id())))
        .post(
            "/subjects/{subject}",
            answer(request ->
                full(store.lookUp(subject(request), schema(request), normalize(request)))));
  }

  private void schemas(HttpRules rules) {
    rules
        .get("/schemas/types", answer(request -> List.of("AVRO")))
        .get("/schemas/ids/{id}", answer(request -> Map.of("schema", store.schema(id(request)))))
        .get("/schemas/ids/{id}/schema", answer(request -> raw(store.schema(id(request)))))
        .get(
            "/schemas/ids/{id}/subjects",
            answer(request ->
                store.versionsOf(id(request)).stream()
                    .map(SchemaStore.Version::subject)
                    .distinct()
                    .toList()))
        .get(
            "/schemas/ids/{id}/versions",
            answer(request ->
                store.versionsOf(id(request)).stream()
                    .map(v -> Map.of("subject", v.subject(), "version", v.version()))
                    .toList()));
  }

  private void compatibility(HttpRules rules) {
    rules
        .post(
            "/compatibility/subjects/{subject}/versions",
            answer(request ->
                verdict(
                    request, store.faults(subject(request), Optional.empty(), schema(request)))))
        .post(
            "/compatibility/subjects/{subject}/versions/{version}",
            answer(request ->
                verdict(
                    request,
                    store.faults(
                        subject(request),
                        Optional.of(path(request, "version")),
                        schema(request)))));
  }

  private void config(HttpRules rules) {
    rules
        .get("/config", answer(request -> level(store.compatibility(GLOBAL))))
        .put("/config", answer(request -> setLevel(GLOBAL, request)))
        .get(
            "/config/{subject}",
            answer(request -> {
              String subject = subject(request);
              return level(
                  flag(request, "defaultToGlobal")
                      ? store.compatibility(subject)
                      : store
                          .ownCompatibility(subject)
                          .orElseThrow(() -> RegistryFault.noCompatibilityOf(subject)));
            }))
        .put("/config/{subject}", answer(request -> setLevel(subject(request), request)))
        .delete(
            "/config/{subject}",
            answer(request -> {
              CompatibilityLevel before = store.compatibility(subject(request));
              store.setCompatibility(subject(request), Optional.empty());
              return level(before);
            }));
  }

  private void mode(HttpRules rules) {
    rules
        .get("/mode", answer(request -> Map.of("mode", store.mode(GLOBAL))))
        .put("/mode", answer(request -> setMode(GLOBAL, request)))
        .get(
            "/mode/{subject}",
            answer(request -> {
              String subject = subject(request);
              return Map.of(
                  "mode",
                  flag(request, "defaultToGlobal")
                      ? store.mode(subject)
                      : store.ownMode(subject).orElseThrow(() -> RegistryFault.noModeOf(subject)));
            }))
        .put("/mode/{subject}", answer(request -> setMode(subject(request), request)));
  }

  private Object setLevel(String subject, ServerRequest request) {
    String name = body(request).path("compatibility").asText();
    CompatibilityLevel level =
        CompatibilityLevel.find(name).orElseThrow(() -> RegistryFault.invalidCompatibility(name));
    store.setCompatibility(subject, Optional.of(level));
    return Map.of("compatibility", level.name());
  }

  private Object setMode(String subject, ServerRequest request) {
    String mode = body(request).path("mode").asText();
    store.setMode(subject, mode);
    return Map.of("mode", mode);
  }

  private static Object level(CompatibilityLevel level) {
    return Map.of("compatibilityLevel", level.name());
  }

  private static Object full(SchemaStore.Version version) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("subject", version.subject());
    answer.put("version", version.version());
    answer.put("id", version.id());
    answer.put("schema", version.schema());
    return answer;
  }

  private static Object verdict(ServerRequest request, List<String> faults) {
    return flag(request, "verbose")
        ? Map.of("is_compatible", faults.isEmpty(), "messages", faults)
        : Map.of("is_compatible", faults.isEmpty());
  }

  private static JsonNode raw(String schema) {
    try {
      return JSON.readTree(schema);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored schema is JSON", e);
    }
  }

  private static String schema(ServerRequest request) {
    JsonNode body = body(request);
    String type = body.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw RegistryFault.invalidSchema(
          "schema type %s is not offered here, only AVRO".formatted(type));
    }
    if (!body.path("references").isEmpty()) {
      throw RegistryFault.invalidSchema("references are not offered here: give one whole schema");
    }
    if (!body.path("schema").isTextual()) {
      throw RegistryFault.invalidSchema("the field schema is missing, or is not text");
    }
    return body.path("schema").asText();
  }

  private static JsonNode body(ServerRequest request) {
    try {
      JsonNode body = JSON.readTree(request.content().as(byte[].class));
      if (body != null && body.isObject()) {
        return body;
      }
    } catch (IOException e) {
      throw RegistryFault.badRequest("Unable to process JSON");
    }
    throw RegistryFault.badRequest("Unable to process JSON: an object is expected");
  }

  private static boolean normalize(ServerRequest request) {
    return flag(request, "normalize");
  }

  private static boolean flag(ServerRequest request, String name) {
    return request.query().first(name).map(Boolean::parseBoolean).orElse(false);
  }

  private static String subject(ServerRequest request) {
    return path(request, "subject");
  }

  private static int id(ServerRequest request) {
    try {
      return Integer.parseInt(path(request, "id"));
    } catch (NumberFormatException e) {
      throw RegistryFault.notFound();
    }
  }

  private static String path(ServerRequest request, String name) {
    return request.path().pathParameters().get(name);
  }

  private static Handler answer(Function<ServerRequest, Object> function) {
    return (request, response) -> send(response, 200, function.apply(request));
  }

  static void sendFault(ServerResponse response, RegistryFault fault) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error_code", fault.code());
    body.put("message", fault.getMessage());
    send(response, fault.status(), body);
  }

  private static void send(ServerResponse response, int status, Object body) {
    try {
      response
          .status(status)
          .header(HeaderNames.CONTENT_TYPE, JSON_TYPE)
          .send(JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists and strings can be written as JSON", e);
    }
  }
}

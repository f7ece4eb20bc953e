package io.mailstream.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaParseException;

/**
 * A schema registry on loopback: real HTTP, Confluent's paths, error codes and backward
 * compatibility. Counts what it is asked, and fails on request.
 */
final class TestRegistry implements AutoCloseable {

  /** One request as it came. */
  record Asked(String method, String path, String query, String authorization, String body) {}

  /** An answer given in place of the registry's own. */
  record Canned(int status, String body, Map<String, String> headers) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final String base;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final List<Canned> canned = new ArrayList<>();
  private final List<ObjectNode> schemas = new ArrayList<>();
  private final Map<String, List<Integer>> subjects = new LinkedHashMap<>();
  private final Map<String, String> compatibility = new HashMap<>();
  private String requiredAuthorization;

  TestRegistry() throws IOException {
    this("");
  }

  /** Below a path, such as {@code /apis/ccompat/v7}. */
  TestRegistry(String base) throws IOException {
    this(base, 0);
  }

  TestRegistry(String base, int port) throws IOException {
    this.base = base;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + port() + base;
  }

  int port() {
    return server.getAddress().getPort();
  }

  List<Asked> asked() {
    return asked;
  }

  synchronized void answerNext(int times, int status, String body) {
    answerNext(times, new Canned(status, body, Map.of()));
  }

  synchronized void answerNext(int times, Canned answer) {
    for (int i = 0; i < times; i++) {
      canned.add(answer);
    }
  }

  synchronized void requireAuthorization(String value) {
    requiredAuthorization = value;
  }

  synchronized String compatibilityOf(String subject) {
    return compatibility.get(subject);
  }

  /** Puts a schema there as another producer would; its id. */
  synchronized int register(String subject, String schema) {
    return register(subject, JSON.createObjectNode().put("schema", schema));
  }

  synchronized int register(String subject, ObjectNode entry) {
    int id = idOf(entry);
    if (id == 0) {
      schemas.add(entry);
      id = schemas.size();
    }
    List<Integer> versions = subjects.computeIfAbsent(subject, s -> new ArrayList<>());
    if (!versions.contains(id)) {
      versions.add(id);
    }
    return id;
  }

  synchronized Schema schema(int id) {
    return new Schema.Parser().parse(schemas.get(id - 1).path("schema").asText());
  }

  @Override
  public void close() {
    server.stop(0);
    ((java.util.concurrent.ExecutorService) server.getExecutor()).shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Asked request =
          new Asked(
              exchange.getRequestMethod(),
              path,
              exchange.getRequestURI().getRawQuery(),
              exchange.getRequestHeaders().getFirst("Authorization"),
              body);
      asked.add(request);
      Canned answer = answer(request);
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
      answer.headers().forEach(exchange.getResponseHeaders()::add);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private synchronized Canned answer(Asked request) throws IOException {
    if (!canned.isEmpty()) {
      return canned.remove(0);
    }
    if (requiredAuthorization != null && !requiredAuthorization.equals(request.authorization())) {
      return error(401, 401, "Unauthorized");
    }
    if (!request.path().startsWith(base + "/")) {
      return new Canned(404, "<html>no such page</html>", Map.of());
    }
    List<String> parts = new ArrayList<>();
    for (String part : request.path().substring(base.length() + 1).split("/", -1)) {
      parts.add(URLDecoder.decode(part, StandardCharsets.UTF_8));
    }
    String first = parts.get(0);
    if (first.equals("schemas") && parts.size() == 3 && parts.get(1).equals("ids")) {
      return byId(Integer.parseInt(parts.get(2)));
    }
    if (first.equals("config") && parts.size() == 2 && request.method().equals("PUT")) {
      String level = JSON.readTree(request.body()).path("compatibility").asText();
      compatibility.put(parts.get(1), level);
      return ok(JSON.createObjectNode().put("compatibility", level));
    }
    if (first.equals("subjects") && parts.size() >= 2) {
      return subject(request, parts);
    }
    return error(404, 404, "HTTP 404 Not Found");
  }

  private Canned subject(Asked request, List<String> parts) throws IOException {
    String subject = parts.get(1);
    List<Integer> versions = subjects.getOrDefault(subject, List.of());
    if (request.method().equals("POST")) {
      ObjectNode entry = (ObjectNode) JSON.readTree(request.body());
      return parts.size() == 2 ? lookUp(subject, entry) : add(subject, entry);
    }
    if (versions.isEmpty()) {
      return error(404, 40401, "Subject '" + subject + "' not found.");
    }
    String version = parts.get(3);
    int index = version.equals("latest") ? versions.size() : Integer.parseInt(version);
    if (index > versions.size()) {
      return error(404, 40402, "Version " + version + " not found.");
    }
    return ok(versioned(subject, index, versions.get(index - 1)));
  }

  private Canned lookUp(String subject, ObjectNode entry) {
    List<Integer> versions = subjects.get(subject);
    if (versions == null) {
      return error(404, 40401, "Subject '" + subject + "' not found.");
    }
    int id = idOf(entry);
    int index = versions.indexOf(id);
    return index < 0
        ? error(404, 40403, "Schema not found")
        : ok(versioned(subject, index + 1, id));
  }

  private Canned add(String subject, ObjectNode entry) {
    Schema schema;
    try {
      schema = new Schema.Parser().parse(entry.path("schema").asText());
    } catch (SchemaParseException e) {
      return error(422, 42201, "Invalid schema");
    }
    for (int id : subjects.getOrDefault(subject, List.of())) {
      var result = SchemaCompatibility.checkReaderWriterCompatibility(schema, schema(id));
      if (result.getType() != SchemaCompatibilityType.COMPATIBLE) {
        return error(409, 409, "Schema being registered is incompatible with an earlier schema");
      }
    }
    return ok(JSON.createObjectNode().put("id", register(subject, entry)));
  }

  private Canned byId(int id) {
    return id < 1 || id > schemas.size()
        ? error(404, 40403, "Schema " + id + " not found")
        : ok(schemas.get(id - 1));
  }

  private ObjectNode versioned(String subject, int version, int id) {
    ObjectNode answer = schemas.get(id - 1).deepCopy();
    return answer.put("subject", subject).put("version", version).put("id", id);
  }

  /** Schemas are the same if they say the same, however they are spaced. */
  private int idOf(ObjectNode entry) {
    JsonNode wanted = parsed(entry);
    for (int i = 0; i < schemas.size(); i++) {
      if (parsed(schemas.get(i)).equals(wanted)) {
        return i + 1;
      }
    }
    return 0;
  }

  private static JsonNode parsed(ObjectNode entry) {
    try {
      ObjectNode copy = entry.deepCopy();
      copy.retain("schema", "schemaType", "references");
      return copy.set("schema", JSON.readTree(entry.path("schema").asText()));
    } catch (IOException e) {
      return entry;
    }
  }

  private static Canned ok(JsonNode body) {
    return new Canned(200, body.toString(), Map.of());
  }

  private static Canned error(int status, int code, String message) {
    ObjectNode body = JSON.createObjectNode().put("error_code", code).put("message", message);
    return new Canned(status, body.toString(), Map.of());
  }
}

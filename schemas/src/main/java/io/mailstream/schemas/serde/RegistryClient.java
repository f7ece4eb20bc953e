package io.mailstream.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the Confluent schema registry's API that a serializer and a deserializer need. Caches
 * nothing. Every method throws {@link RegistryUnavailableException} in an outage and {@link
 * RegistryRefusal} where the registry says no.
 */
final class RegistryClient {

  /** A schema with the id that the registry gave it. */
  record Registered(int id, Schema schema) {}

  private static final Logger LOG = LoggerFactory.getLogger(RegistryClient.class);
  private static final int MAX_REFERENCES = 200;

  private final RegistryHttp http;

  RegistryClient(RegistryHttp http) {
    this.http = http;
  }

  /** The schema of an id. */
  Schema byId(int id) {
    return parse(http.request("GET", "/schemas/ids/" + id, null), "schema id " + id);
  }

  /** The schema of a GUID; registries before Confluent Platform 8 refuse the question. */
  Schema byGuid(UUID guid) {
    return parse(http.requestIfOffered("/schemas/guids/" + guid), "schema GUID " + guid);
  }

  /** The newest schema of a subject. */
  Registered latest(String subject) {
    JsonNode answer =
        http.request("GET", "/subjects/" + encode(subject) + "/versions/latest", null);
    return new Registered(id(answer), parse(answer, "latest schema of subject " + subject));
  }

  /** The id of a schema that a subject has. */
  int lookUp(String subject, Schema schema) {
    return id(http.request("POST", "/subjects/" + encode(subject), body(schema)));
  }

  /**
   * The id of a schema, registered unless the subject has it.
   *
   * @param compatibility what a subject that is new is held to from then on; empty: the registry's
   *     default
   */
  int register(String subject, Schema schema, String compatibility) {
    try {
      return lookUp(subject, schema);
    } catch (RegistryRefusal e) {
      if (!e.isUnknown()) {
        throw e;
      }
      if (e.code() == RegistryRefusal.SUBJECT_UNKNOWN && !compatibility.isEmpty()) {
        setCompatibility(subject, compatibility);
      }
    }
    return id(http.request("POST", "/subjects/" + encode(subject) + "/versions", body(schema)));
  }

  private void setCompatibility(String subject, String compatibility) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("compatibility", compatibility);
    try {
      http.request("PUT", "/config/" + encode(subject), body);
    } catch (RegistryRefusal e) {
      LOG.warn(
          "Could not set the compatibility of subject {} to {}: {}. Its schemas are held to the"
              + " registry's default.",
          subject,
          compatibility,
          e.getMessage());
    }
  }

  private Schema parse(JsonNode answer, String what) {
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new SerializationException(what + " is " + type + ", not AVRO");
    }
    try {
      Set<String> texts = new LinkedHashSet<>();
      collectReferences(answer, new HashSet<>(), texts);
      Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
      texts.forEach(parser::parse);
      return parser.parse(answer.path("schema").asText());
    } catch (SchemaParseException e) {
      throw new SerializationException(what + " is not a valid Avro schema: " + e.getMessage(), e);
    }
  }

  /** The texts of all schemas that one refers to, each before those that need it. */
  private void collectReferences(JsonNode answer, Set<String> seen, Set<String> texts) {
    for (JsonNode reference : answer.path("references")) {
      String subject = reference.path("subject").asText();
      String path =
          "/subjects/" + encode(subject) + "/versions/" + reference.path("version").asText();
      if (!seen.add(path)) {
        continue;
      }
      if (seen.size() > MAX_REFERENCES) {
        throw new SerializationException(
            "schema with more than %d references, at subject %s"
                .formatted(MAX_REFERENCES, subject));
      }
      JsonNode referred = http.request("GET", path, null);
      collectReferences(referred, seen, texts);
      texts.add(referred.path("schema").asText());
    }
  }

  private static int id(JsonNode answer) {
    if (!answer.path("id").isInt()) {
      throw new RegistryUnavailableException(
          "schema registry answered without a schema id: check that %s points to one"
              .formatted(AvroSerdeConfig.URL),
          null);
    }
    return answer.path("id").intValue();
  }

  private static JsonNode body(Schema schema) {
    return JsonNodeFactory.instance.objectNode().put("schema", schema.toString());
  }

  private static String encode(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

package io.mailstream.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * A schema as every language may see it: without the properties that only Java's Avro understands,
 * such as {@code avro.java.string}. What it describes, its docs, defaults and logical types stay.
 */
public final class PortableSchema {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> JAVA_ONLY =
      Set.of("avro.java.string", "java-class", "java-key-class", "java-element-class");

  private PortableSchema() {}

  /** The schema without its Java-only properties. */
  public static Schema of(Schema schema) {
    try {
      JsonNode json = JSON.readTree(schema.toString());
      strip(json);
      return parse(json.toString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a schema writes itself as JSON", e);
    }
  }

  /** A schema that somebody else wrote: defaults of the wrong type are no reason to refuse it. */
  static Schema parse(String json) {
    return new Schema.Parser().setValidateDefaults(false).parse(json);
  }

  private static void strip(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(JAVA_ONLY);
      Iterator<Map.Entry<String, JsonNode>> members = object.properties().iterator();
      while (members.hasNext()) {
        Map.Entry<String, JsonNode> member = members.next();
        if (!member.getKey().equals("default")) {
          strip(member.getValue());
        }
      }
    } else if (node.isArray()) {
      node.forEach(PortableSchema::strip);
    }
  }
}

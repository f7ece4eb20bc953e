package io.mailstream.deployment.kustomize;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/**
 * The two kinds of patch that strimzi/ uses: a list of operations (RFC 6902) on members of objects,
 * and a piece of an object that is merged in (RFC 7386), which is what kustomize does with custom
 * resources. It treats lists of Kubernetes' own kinds otherwise, so those are refused.
 */
final class Patch {

  private static final Set<String> TARGET = Set.of("group", "version", "kind", "name");

  private Patch() {}

  /** The object that a merge patch names itself. */
  static JsonNode ownTarget(JsonNode patch) {
    if (patch.isArray()) {
      throw new IllegalArgumentException("a patch of operations needs a target");
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("kind", patch.path("kind").textValue())
        .put("name", patch.at("/metadata/name").textValue());
  }

  static boolean fits(JsonNode target, JsonNode object) {
    target
        .fieldNames()
        .forEachRemaining(field -> {
          if (!TARGET.contains(field)) {
            throw new IllegalArgumentException("patch target by %s is not known".formatted(field));
          }
        });
    return matches(target.path("kind"), object.path("kind"))
        && matches(target.path("name"), object.at("/metadata/name"));
  }

  private static boolean matches(JsonNode wanted, JsonNode found) {
    return wanted.isMissingNode() || found.asText().matches(wanted.asText());
  }

  static void apply(JsonNode patch, ObjectNode object) {
    if (patch.isArray()) {
      patch.forEach(operation -> apply(operation, (JsonNode) object));
    } else {
      merge((ObjectNode) patch, object, isCustom(object));
    }
  }

  private static boolean isCustom(JsonNode object) {
    return object.path("apiVersion").asText().startsWith("kafka.strimzi.io/");
  }

  private static void apply(JsonNode operation, JsonNode object) {
    JsonPointer path = JsonPointer.compile(operation.path("path").textValue());
    String member = path.last().getMatchingProperty();
    String op = operation.path("op").asText();
    if (op.equals("add")
        && member.equals("-")
        && object.at(path.head()) instanceof ArrayNode list) {
      list.add(operation.get("value").deepCopy());
      return;
    }
    if (!(object.at(path.head()) instanceof ObjectNode parent)) {
      throw new IllegalArgumentException(path + " is not in an object of " + object);
    }
    if (!op.equals("add") && !parent.has(member)) {
      throw new IllegalArgumentException("there is no %s to %s in %s".formatted(path, op, object));
    }
    switch (op) {
      case "add", "replace" -> parent.set(member, operation.get("value").deepCopy());
      case "remove" -> parent.remove(member);
      default -> throw new IllegalArgumentException("operation %s is not known".formatted(op));
    }
  }

  private static void merge(ObjectNode patch, ObjectNode into, boolean lists) {
    for (Map.Entry<String, JsonNode> entry : patch.properties()) {
      JsonNode value = entry.getValue();
      if (value.isArray() && !lists) {
        throw new IllegalArgumentException(
            "a list in a patch of %s: kustomize would merge it by its own rules; use operations"
                .formatted(into));
      }
      if (value.isNull()) {
        into.remove(entry.getKey());
      } else if (value.isObject()) {
        merge((ObjectNode) value, into.withObjectProperty(entry.getKey()), lists);
      } else {
        into.set(entry.getKey(), value.deepCopy());
      }
    }
  }
}

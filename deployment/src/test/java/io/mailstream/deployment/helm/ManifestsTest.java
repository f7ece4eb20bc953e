package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rendered object is one that the API server takes, and a broken one would be found. */
class ManifestsTest {

  /** Below these any name is allowed. */
  private static final Set<String> FREE =
      Set.of(
          "labels",
          "annotations",
          "matchLabels",
          "selector",
          "data",
          "nodeSelector",
          "parameters",
          "requests",
          "limits",
          "volumeAttributes");

  private static final Map<String, JsonNode> ONE_OF_EACH = new TreeMap<>();

  @BeforeAll
  static void render() {
    for (Path values : Chart.examples()) {
      for (JsonNode object : Chart.objects(values)) {
        String kind = object.get("kind").asText();
        JsonNode known = ONE_OF_EACH.get(kind);
        if (known == null || known.toString().length() < object.toString().length()) {
          ONE_OF_EACH.put(kind, object);
        }
      }
    }
  }

  static List<String> kinds() {
    return Kinds.all();
  }

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void everyObjectIsOfItsKind(Path values) {
    assertThat(Chart.objects(values))
        .hasSizeGreaterThan(10)
        .allSatisfy(object ->
            assertThat(Kinds.faults(object)).as("%s", object.at("/metadata/name")).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aMisspeltFieldIsFound(String kind) {
    List<String> missed = new ArrayList<>();
    int tried = 0;
    for (Mutation mutation : misspellings(example(kind))) {
      tried++;
      if (Kinds.faults(mutation.object()).isEmpty()) {
        missed.add(mutation.what());
      }
    }
    assertThat(tried).isPositive();
    assertThat(missed).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aMissingFieldIsFound(String kind) {
    expectFound(kind, "required");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aWrongWordIsFound(String kind) {
    expectFound(kind, "enum");
  }

  private static void expectFound(String kind, String keyword) {
    List<Mutation> mutations = new ArrayList<>();
    JsonNode example = example(kind);
    JsonNode schema = Kinds.schema(kind);
    walk(
        example,
        schema,
        schema.get("$defs"),
        "",
        (path, sub) -> {
          if (keyword.equals("required")) {
            sub.path("required")
                .forEach(name -> {
                  ObjectNode copy = example.deepCopy();
                  ((ObjectNode) copy.at(path)).remove(name.asText());
                  mutations.add(new Mutation(path + " without " + name.asText(), copy));
                });
          } else if (sub.has("enum")) {
            ObjectNode copy = example.deepCopy();
            replace(copy, path, "Wrong");
            mutations.add(new Mutation(path + " = Wrong", copy));
          }
        });
    assertThat(mutations).isNotEmpty();
    assertThat(mutations)
        .filteredOn(mutation -> Kinds.faults(mutation.object()).isEmpty())
        .extracting(Mutation::what)
        .isEmpty();
  }

  private static JsonNode example(String kind) {
    assertThat(ONE_OF_EACH).as("no example renders a %s", kind).containsKey(kind);
    return ONE_OF_EACH.get(kind);
  }

  /** Every field of an object once with its last letter doubled. */
  private static List<Mutation> misspellings(JsonNode object) {
    List<Mutation> mutations = new ArrayList<>();
    collect(object, object, "", mutations);
    return mutations;
  }

  private static void collect(JsonNode root, JsonNode node, String path, List<Mutation> found) {
    if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        collect(root, array.get(i), path + "/" + i, found);
      }
    }
    if (!(node instanceof ObjectNode object)) {
      return;
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = field.getKey();
      JsonNode copy = root.deepCopy();
      ObjectNode parent = (ObjectNode) copy.at(path);
      parent.set(name + name.charAt(name.length() - 1), parent.remove(name));
      found.add(new Mutation(path + "/" + name, copy));
      // A selector with matchLabels has fields of its own; a Service's has labels.
      boolean free =
          FREE.contains(name)
              && !(field.getValue().has("matchLabels")
                  || (name.equals("data") && path.equals("/spec")));
      if (!free) {
        collect(root, field.getValue(), path + "/" + name, found);
      }
    }
  }

  /** Goes through object and schema side by side. */
  private static void walk(
      JsonNode node, JsonNode schema, JsonNode defs, String path, BiConsumer<String, JsonNode> at) {
    JsonNode sub = schema;
    if (schema.has("$ref")) {
      sub = defs.get(schema.get("$ref").asText().substring("#/$defs/".length()));
    }
    at.accept(path, sub);
    JsonNode resolved = sub;
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(field -> {
            JsonNode property = resolved.path("properties").path(field.getKey());
            if (!property.isMissingNode()) {
              walk(field.getValue(), property, defs, path + "/" + field.getKey(), at);
            }
          });
    } else if (node instanceof ArrayNode array && resolved.has("items")) {
      for (int i = 0; i < array.size(); i++) {
        walk(array.get(i), resolved.get("items"), defs, path + "/" + i, at);
      }
    }
  }

  private static void replace(JsonNode root, String path, String value) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    switch (root.at(path.substring(0, path.lastIndexOf('/')))) {
      case ObjectNode object -> object.put(name, value);
      case ArrayNode array -> array.set(Integer.parseInt(name), array.textNode(value));
      default -> throw new IllegalStateException(path);
    }
  }

  private record Mutation(String what, JsonNode object) {}
}

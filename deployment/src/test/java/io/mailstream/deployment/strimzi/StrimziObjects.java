package io.mailstream.deployment.strimzi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.deployment.StrictYaml;
import io.mailstream.deployment.helm.Kinds;
import java.util.ArrayList;
import java.util.List;

/** Checks an object of strimzi/ as the API server and Strimzi would, and more strictly. */
final class StrimziObjects {

  private StrimziObjects() {}

  /** What is wrong with an object, each with its place; empty: nothing. */
  static List<String> faults(JsonNode object) {
    Class<?> model = CrdSchemas.MODELS.get(object.path("kind").asText());
    if (model == null) {
      return Kinds.faults(withoutNamespace(object));
    }
    List<String> faults = new ArrayList<>(CrdSchemas.faults(object));
    try {
      StrictYaml.as(object, model);
    } catch (IllegalArgumentException e) {
      faults.add(e.getMessage());
    }
    return faults;
  }

  /** The overlays name one; the chart's objects, which these rules are written for, do not. */
  private static JsonNode withoutNamespace(JsonNode object) {
    ObjectNode copy = object.deepCopy();
    copy.withObjectProperty("metadata").remove("namespace");
    return copy;
  }
}

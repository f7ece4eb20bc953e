package io.mailstream.deployment.strimzi;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.deployment.StrictYaml;
import java.util.ArrayList;
import java.util.List;

/** Checks an object of strimzi/ as the API server and Strimzi would, and more strictly. */
final class StrimziObjects {

  private StrimziObjects() {}

  /** What is wrong with an object, each with its place; empty: nothing. */
  static List<String> faults(JsonNode object) {
    Class<?> model = CrdSchemas.MODELS.get(object.path("kind").asText());
    if (model == null) {
      return PlainObjects.faults(object);
    }
    List<String> faults = new ArrayList<>(CrdSchemas.faults(object));
    try {
      StrictYaml.as(object, model);
    } catch (IllegalArgumentException e) {
      faults.add(e.getMessage());
    }
    return faults;
  }
}

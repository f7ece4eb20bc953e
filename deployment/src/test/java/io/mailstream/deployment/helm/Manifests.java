package io.mailstream.deployment.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The objects of one rendering, found by what they are. */
record Manifests(List<JsonNode> objects) {

  /** The component that stands outside all rules of the others, because Postfix starts as root. */
  static final String SMART_HOST = "mailstream-smart-host";

  static Manifests of(Path values) {
    return new Manifests(Chart.objects(values));
  }

  static Manifests of(Path values, Map<String, Object> more) {
    return new Manifests(Chart.objects(values, more));
  }

  List<JsonNode> ofKind(String kind) {
    return objects.stream().filter(object -> object.get("kind").asText().equals(kind)).toList();
  }

  Optional<JsonNode> find(String kind, String name) {
    return ofKind(kind).stream().filter(object -> name(object).equals(name)).findFirst();
  }

  JsonNode get(String kind, String name) {
    return find(kind, name)
        .orElseThrow(() -> new AssertionError("there is no %s %s".formatted(kind, name)));
  }

  /** Every pod template and pod, with the object that it stands in. */
  List<PodTemplate> pods() {
    List<PodTemplate> pods = new ArrayList<>();
    for (JsonNode object : objects) {
      JsonNode template =
          switch (object.get("kind").asText()) {
            case "Pod" -> object;
            case "CronJob" -> object.at("/spec/jobTemplate/spec/template");
            default -> object.at("/spec/template");
          };
      if (template.has("spec")) {
        pods.add(new PodTemplate(object, template));
      }
    }
    return pods;
  }

  PodTemplate pod(String name) {
    return pods().stream().filter(pod -> pod.name().equals(name)).findFirst().orElseThrow();
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  static Map<String, String> strings(JsonNode object) {
    Map<String, String> strings = new TreeMap<>();
    object.properties().forEach(field -> strings.put(field.getKey(), field.getValue().asText()));
    return strings;
  }

  static Stream<JsonNode> stream(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements.stream();
  }

  /**
   * A pod as it will be started.
   *
   * @param owner the object that makes it, or the pod itself
   * @param template with metadata and spec
   */
  record PodTemplate(JsonNode owner, JsonNode template) {

    String name() {
      return Manifests.name(owner);
    }

    JsonNode spec() {
      return template.get("spec");
    }

    Map<String, String> labels() {
      return strings(template.at("/metadata/labels"));
    }

    List<JsonNode> containers() {
      return stream(spec().get("containers")).toList();
    }

    boolean isServer() {
      return !owner.get("kind").asText().matches("Pod|CronJob");
    }

    boolean isSmartHost() {
      return name().equals(SMART_HOST);
    }

    @Override
    public String toString() {
      return owner.get("kind").asText() + " " + name();
    }
  }
}

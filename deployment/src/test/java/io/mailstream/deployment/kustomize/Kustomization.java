package io.mailstream.deployment.kustomize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code kubectl kustomize} makes of a directory, as far as strimzi/ uses it: resources,
 * components, patches and a namespace. Anything else in a kustomization.yaml is refused rather than
 * passed over.
 */
public final class Kustomization {

  private static final Set<String> KNOWN =
      Set.of("apiVersion", "kind", "resources", "components", "patches", "namespace");
  private static final String COMPONENT = "Component";
  private static final String FILE = "kustomization.yaml";

  private final List<JsonNode> objects = new ArrayList<>();
  private final Set<Path> files = new TreeSet<>();

  private Kustomization() {}

  /**
   * Builds a directory.
   *
   * @throws IllegalArgumentException if it uses what is not known here, or a patch fits nothing
   */
  public static Kustomization build(Path directory) {
    Kustomization built = new Kustomization();
    built.include(directory, "Kustomization");
    return built;
  }

  /** Adds what a directory has, and changes by it what was there before. */
  private void include(Path directory, String kind) {
    Path file = directory.normalize().resolve(FILE);
    files.add(file);
    JsonNode content = Manifests.read(file).getFirst();
    if (!content.path("kind").asText("Kustomization").equals(kind)) {
      throw new IllegalArgumentException("%s is no %s".formatted(file, kind));
    }
    Set<String> unknown = new TreeSet<>();
    content.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(KNOWN);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("%s: %s is not known here".formatted(file, unknown));
    }
    for (JsonNode resource : content.path("resources")) {
      add(directory.resolve(resource.textValue()).normalize());
    }
    for (JsonNode component : content.path("components")) {
      include(directory.resolve(component.textValue()).normalize(), COMPONENT);
    }
    for (JsonNode patch : content.path("patches")) {
      patch(directory, patch);
    }
    if (content.has("namespace")) {
      objects.forEach(object -> metadata(object).set("namespace", content.get("namespace")));
    }
  }

  /** The objects, in the order of their files. */
  public List<JsonNode> objects() {
    return List.copyOf(objects);
  }

  /** The objects of a kind. */
  public List<JsonNode> objects(String kind) {
    return objects.stream().filter(object -> kind.equals(object.path("kind").asText())).toList();
  }

  /** Every file that went into it. */
  public Set<Path> files() {
    return Set.copyOf(files);
  }

  private void add(Path resource) {
    if (Files.isDirectory(resource)) {
      Kustomization below = build(resource);
      objects.addAll(below.objects);
      files.addAll(below.files);
    } else {
      files.add(resource);
      objects.addAll(Manifests.read(resource));
    }
  }

  private void patch(Path directory, JsonNode entry) {
    JsonNode patch;
    if (entry.has("path")) {
      Path file = directory.resolve(entry.get("path").textValue()).normalize();
      files.add(file);
      patch = Manifests.read(file).getFirst();
    } else {
      patch = Manifests.document(entry.path("patch").asText());
    }
    JsonNode target = entry.has("target") ? entry.get("target") : Patch.ownTarget(patch);
    List<JsonNode> fitting = objects.stream().filter(object -> Patch.fits(target, object)).toList();
    if (fitting.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: no object fits the patch for %s".formatted(directory, target));
    }
    fitting.forEach(object -> Patch.apply(patch, (ObjectNode) object));
  }

  private static ObjectNode metadata(JsonNode object) {
    return ((ObjectNode) object).withObjectProperty("metadata");
  }
}

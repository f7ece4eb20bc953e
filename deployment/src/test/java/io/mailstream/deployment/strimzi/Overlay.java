package io.mailstream.deployment.strimzi;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.deployment.kustomize.Kustomization;
import io.mailstream.deployment.kustomize.Manifests;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One overlay of strimzi/, built. */
record Overlay(String name, Kustomization built) {

  static final Path STRIMZI = Manifests.projectRoot().resolve("strimzi");

  /** All of them. */
  static List<Overlay> all() {
    return Stream.of("dev", "staging", "production").map(Overlay::of).toList();
  }

  static Overlay of(String name) {
    return new Overlay(name, Kustomization.build(STRIMZI.resolve("overlays").resolve(name)));
  }

  /** The Kafka resource. */
  JsonNode kafka() {
    return built.objects("Kafka").getFirst();
  }

  /** Whether it has what Mailgun's callbacks need. */
  boolean takesMailgun() {
    return built.files().stream().anyMatch(file -> file.endsWith("mailgun/topic.yaml"));
  }

  /** Whether it has what unsubscribe links need. */
  boolean takesUnsubscribes() {
    return built.files().stream().anyMatch(file -> file.endsWith("unsubscribe/kustomization.yaml"));
  }

  /** How many nodes have a role. */
  int nodes(String role) {
    return built.objects("KafkaNodePool").stream()
        .filter(pool -> words(pool.at("/spec/roles")).contains(role))
        .mapToInt(pool -> pool.at("/spec/replicas").intValue())
        .sum();
  }

  static List<String> words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(word -> words.add(word.asText()));
    return words;
  }

  static String nameOf(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  @Override
  public String toString() {
    return name;
  }
}

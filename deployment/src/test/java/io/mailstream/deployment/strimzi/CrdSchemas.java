package io.mailstream.deployment.strimzi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.mailstream.deployment.kustomize.Manifests;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The schemas of Strimzi's custom resources, as Strimzi's own generator writes them from its
 * classes; and stricter: what is not declared is refused, which an API server would silently drop.
 */
final class CrdSchemas {

  /** The kinds that strimzi/ uses, with Strimzi's models of them. */
  static final Map<String, Class<?>> MODELS =
      new TreeMap<>(
          Map.of(
              "Kafka", Kafka.class,
              "KafkaNodePool", KafkaNodePool.class,
              "KafkaTopic", KafkaTopic.class,
              "KafkaUser", KafkaUser.class));

  private static final Path MODULE = Manifests.projectRoot().resolve("deployment");
  private static final Path GENERATOR = MODULE.resolve("target/crd-generator/crd-generator.jar");
  private static final long LIMIT_SECONDS = 120;
  private static final Map<String, JsonNode> CRDS = generate();

  private CrdSchemas() {}

  /** The schema of a kind in an API version such as {@code kafka.strimzi.io/v1}. */
  static JsonNode schema(String kind, String apiVersion) {
    JsonNode crd = CRDS.get(kind);
    for (JsonNode version : crd.at("/spec/versions")) {
      String name = crd.at("/spec/group").asText() + "/" + version.path("name").asText();
      if (name.equals(apiVersion) && version.path("served").asBoolean()) {
        return close(version.at("/schema/openAPIV3Schema").deepCopy());
      }
    }
    throw new IllegalArgumentException("there is no %s in %s".formatted(kind, apiVersion));
  }

  /** What is wrong with an object, each with its place; empty: nothing. */
  static List<String> faults(JsonNode object) {
    JsonNode tree;
    try {
      tree = schema(object.path("kind").asText(), object.path("apiVersion").asText());
    } catch (IllegalArgumentException e) {
      return List.of(e.getMessage());
    }
    Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4).getSchema(tree);
    return schema.validate(object).stream().map(Error::toString).toList();
  }

  /** Refuses what is not declared, wherever something is and nothing is kept as it comes. */
  private static JsonNode close(JsonNode schema) {
    if (schema instanceof ObjectNode node) {
      boolean open = node.path("x-kubernetes-preserve-unknown-fields").asBoolean();
      if (node.path("properties").isObject() && !open && !node.has("additionalProperties")) {
        node.put("additionalProperties", false);
      }
    }
    schema.forEach(CrdSchemas::close);
    return schema;
  }

  /** In a process of its own, because it ends its process when it is done. */
  private static Map<String, JsonNode> generate() {
    try {
      Path directory = Files.createDirectories(MODULE.resolve("target/crds"));
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
      command.addAll(List.of("-cp", GENERATOR + File.pathSeparator + models()));
      command.addAll(List.of("io.strimzi.crdgenerator.CrdGenerator", "--yaml"));
      MODELS.forEach(
          (kind, model) -> command.add(model.getName() + "=" + directory.resolve(kind + ".yaml")));
      Path log = directory.resolve("generator.log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "%s could not generate the CRDs (the build copies it there): %s"
                .formatted(GENERATOR, Files.readString(log)));
      }
      Map<String, JsonNode> crds = new TreeMap<>();
      for (String kind : MODELS.keySet()) {
        Path file = directory.resolve(kind + ".yaml");
        crds.put(kind, Manifests.parse(Files.readString(file)).getFirst());
      }
      return crds;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Path models() {
    return Path.of(
        URI.create(Kafka.class.getProtectionDomain().getCodeSource().getLocation().toString()));
  }
}

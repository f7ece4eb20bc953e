package io.mailstream.deployment.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.mailstream.deployment.StrictYaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks an object as the API server would: unknown fields are refused by fabric8's model of its
 * kind, or by a schema in full where there is no model; what is required and which words are
 * allowed stands in {@code kinds.yaml}, because no model says it.
 */
public final class Kinds {

  private static final Map<String, Class<?>> MODELS =
      Map.ofEntries(
          Map.entry("ConfigMap", ConfigMap.class),
          Map.entry("CronJob", CronJob.class),
          Map.entry("Deployment", Deployment.class),
          Map.entry("HTTPRoute", HTTPRoute.class),
          Map.entry("HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
          Map.entry("Ingress", Ingress.class),
          Map.entry("NetworkPolicy", NetworkPolicy.class),
          Map.entry("Pod", Pod.class),
          Map.entry("PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("PodMonitor", PodMonitor.class),
          Map.entry("PrometheusRule", PrometheusRule.class),
          Map.entry("Service", Service.class),
          Map.entry("ServiceAccount", ServiceAccount.class),
          Map.entry("StatefulSet", StatefulSet.class));

  private static final JsonNode DEFINITIONS = read();
  private static final Map<String, Schema> SCHEMAS = schemas();

  private Kinds() {}

  /** What is wrong with an object; empty: nothing. */
  public static List<String> faults(JsonNode object) {
    String kind = object.path("kind").asText();
    Schema schema = SCHEMAS.get(kind);
    if (schema == null) {
      return List.of("'%s' is no kind that the chart may render".formatted(kind));
    }
    List<String> faults = new ArrayList<>();
    schema.validate(object).forEach(error -> faults.add(kind + ": " + error));
    Class<?> model = MODELS.get(kind);
    if (model != null) {
      try {
        StrictYaml.as(object, model);
      } catch (IllegalArgumentException e) {
        faults.add(kind + ": " + e.getMessage());
      }
    }
    return faults;
  }

  /** The schema of a kind as a tree, its definitions beside it. */
  static JsonNode schema(String kind) {
    ObjectNode schema = DEFINITIONS.get("kinds").get(kind).deepCopy();
    boolean full = schema.path("full").asBoolean();
    schema.remove("full");
    if (full == MODELS.containsKey(kind)) {
      throw new IllegalStateException(kind + " needs either a model or a schema in full");
    }
    schema.set("$defs", DEFINITIONS.get("$defs"));
    return schema;
  }

  /** All kinds that are known. */
  static List<String> all() {
    return List.copyOf(SCHEMAS.keySet());
  }

  private static Map<String, Schema> schemas() {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    Map<String, Schema> schemas = new TreeMap<>();
    DEFINITIONS
        .get("kinds")
        .fieldNames()
        .forEachRemaining(kind -> schemas.put(kind, registry.getSchema(schema(kind))));
    return schemas;
  }

  private static JsonNode read() {
    try (InputStream in = Kinds.class.getResourceAsStream("/kinds/kinds.yaml")) {
      return StrictYaml.documents(new String(in.readAllBytes(), StandardCharsets.UTF_8)).getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

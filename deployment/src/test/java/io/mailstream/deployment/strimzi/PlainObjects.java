package io.mailstream.deployment.strimzi;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.mailstream.deployment.StrictYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The kinds of Kubernetes itself that strimzi/ has: fabric8's models know the fields, and what is
 * required and which words are allowed stands here, because no model says it.
 */
final class PlainObjects {

  private static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");
  private static final String CONTAINER = "/spec/template/spec/containers/*";

  private static final Map<String, Rules> KINDS =
      Map.of(
          "Deployment",
          new Rules(
              Deployment.class,
              "apps/v1",
              List.of(
                  "/spec/selector/matchLabels",
                  "/spec/template/metadata/labels",
                  CONTAINER + "/name",
                  CONTAINER + "/image",
                  CONTAINER + "/resources/limits/memory",
                  CONTAINER + "/readinessProbe",
                  CONTAINER + "/securityContext/capabilities/drop",
                  CONTAINER + "/volumeMounts/*/mountPath"),
              Map.of(
                  "/spec/template/spec/securityContext/seccompProfile/type",
                  Set.of("RuntimeDefault"))),
          "Service",
          new Rules(Service.class, "v1", List.of("/spec/selector", "/spec/ports/*/port"), Map.of()),
          "ServiceAccount",
          new Rules(ServiceAccount.class, "v1", List.of(), Map.of()),
          "NetworkPolicy",
          new Rules(
              NetworkPolicy.class,
              "networking.k8s.io/v1",
              List.of("/spec/podSelector", "/spec/ingress/*/from", "/spec/egress/*/to"),
              Map.of(
                  "/spec/policyTypes/*", Set.of("Ingress", "Egress"),
                  "/spec/ingress/*/ports/*/protocol", PROTOCOLS,
                  "/spec/egress/*/ports/*/protocol", PROTOCOLS)),
          "PodDisruptionBudget",
          new Rules(
              PodDisruptionBudget.class,
              "policy/v1",
              List.of("/spec/selector/matchLabels", "/spec/maxUnavailable"),
              Map.of()));

  private PlainObjects() {}

  /**
   * What a kind must be like.
   *
   * @param required paths that must be there; {@code *} is every item of a list
   * @param words paths, and what may stand there
   */
  private record Rules(
      Class<?> model, String apiVersion, List<String> required, Map<String, Set<String>> words) {}

  /** What is wrong with an object, each with its place; empty: nothing. */
  static List<String> faults(JsonNode object) {
    Rules rules = KINDS.get(object.path("kind").asText());
    if (rules == null) {
      return List.of("'%s' is no kind of strimzi/".formatted(object.path("kind").asText()));
    }
    List<String> faults = new ArrayList<>();
    if (!rules.apiVersion.equals(object.path("apiVersion").asText())) {
      faults.add("apiVersion must be " + rules.apiVersion);
    }
    Stream.concat(Stream.of("/metadata/name"), rules.required.stream())
        .filter(path -> at(object, path).anyMatch(JsonNode::isMissingNode))
        .forEach(path -> faults.add(path + " is missing"));
    rules.words.forEach((path, allowed) ->
        at(object, path)
            .filter(word -> !allowed.contains(word.asText()))
            .forEach(word -> faults.add("%s is %s, not of %s".formatted(path, word, allowed))));
    try {
      StrictYaml.as(object, rules.model);
    } catch (IllegalArgumentException e) {
      faults.add(e.getMessage());
    }
    return faults;
  }

  private static Stream<JsonNode> at(JsonNode object, String path) {
    int star = path.indexOf("/*");
    if (star < 0) {
      return Stream.of(object.at(path));
    }
    return StreamSupport.stream(object.at(path.substring(0, star)).spliterator(), false)
        .flatMap(item -> at(item, path.substring(star + 2)));
  }
}

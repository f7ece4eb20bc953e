package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Objects name each other: every name leads somewhere. */
class ReferencesTest {

  /** What can be reached from outside. */
  private static final List<String> OPEN = List.of("/webhooks", "/unsubscribe");

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void selectorsFindPods(Path values) {
    Manifests manifests = Manifests.of(values);
    for (JsonNode object : manifests.objects()) {
      JsonNode selector =
          switch (object.get("kind").asText()) {
            case "Service" -> object.at("/spec/selector");
            case "NetworkPolicy" -> object.at("/spec/podSelector/matchLabels");
            case "Deployment", "StatefulSet", "PodDisruptionBudget", "PodMonitor" ->
                object.at("/spec/selector/matchLabels");
            default -> null;
          };
      if (selector == null) {
        continue;
      }
      Map<String, String> labels = Manifests.strings(selector);
      List<Manifests.PodTemplate> found =
          manifests.pods().stream()
              .filter(pod -> pod.labels().entrySet().containsAll(labels.entrySet()))
              .toList();
      String what = object.get("kind").asText() + " " + Manifests.name(object);
      assertThat(found).as(what).isNotEmpty();
      if (List.of("Deployment", "StatefulSet", "Service", "PodDisruptionBudget")
          .contains(object.get("kind").asText())) {
        assertThat(found).as("%s finds pods of one component only", what).hasSize(1);
      }
      if (object.has("spec") && object.get("spec").has("template")) {
        assertThat(found.getFirst().owner()).as(what).isEqualTo(object);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void servicesLeadToPorts(Path values) {
    Manifests manifests = Manifests.of(values);
    for (JsonNode service : manifests.ofKind("Service")) {
      Map<String, String> selector = Manifests.strings(service.at("/spec/selector"));
      Manifests.PodTemplate pod =
          manifests.pods().stream()
              .filter(one -> one.labels().entrySet().containsAll(selector.entrySet()))
              .findFirst()
              .orElseThrow();
      service
          .at("/spec/ports")
          .forEach(port -> {
            JsonNode container =
                Manifests.stream(pod.containers().getFirst().get("ports"))
                    .filter(one -> one.get("name").equals(port.get("targetPort")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(Manifests.name(service) + " " + port));
            assertThat(port.get("port")).isEqualTo(container.get("containerPort"));
          });
    }
    for (JsonNode set : manifests.ofKind("StatefulSet")) {
      manifests.get("Service", set.at("/spec/serviceName").asText());
    }
  }

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void podsFindAccountsMapsAndSecretClasses(Path values) {
    Manifests manifests = Manifests.of(values);
    for (Manifests.PodTemplate pod : manifests.pods()) {
      if (pod.spec().has("serviceAccountName")) {
        manifests.get("ServiceAccount", pod.spec().get("serviceAccountName").asText());
      }
      pod.spec()
          .path("volumes")
          .forEach(volume -> {
            if (volume.has("configMap")) {
              manifests.get("ConfigMap", volume.at("/configMap/name").asText());
            }
            if (volume.has("csi")) {
              String name = volume.at("/csi/volumeAttributes/secretProviderClass").asText();
              manifests.get("SecretProviderClass", name);
            }
            if (volume.get("name").asText().equals("secrets-external")) {
              assertThat(manifests.ofKind("ExternalSecret"))
                  .extracting(secret -> secret.at("/spec/target/name").asText())
                  .contains(volume.at("/secret/secretName").asText());
            }
          });
    }
  }

  /** Health and metrics stay inside. */
  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void onlyCallbacksAndUnsubscribesComeIn(Path values) {
    Manifests manifests = Manifests.of(values);
    for (JsonNode ingress : manifests.ofKind("Ingress")) {
      ingress
          .at("/spec/rules")
          .forEach(rule -> {
            assertThat(rule.at("/http/paths"))
                .extracting(path -> path.get("path").asText())
                .isEqualTo(OPEN);
            rule.at("/http/paths")
                .forEach(path -> {
                  JsonNode service =
                      manifests.get("Service", path.at("/backend/service/name").asText());
                  assertThat(service.at("/spec/ports/0/name"))
                      .isEqualTo(path.at("/backend/service/port/name"));
                });
          });
    }
    for (JsonNode route : manifests.ofKind("HTTPRoute")) {
      route
          .at("/spec/rules")
          .forEach(rule -> {
            assertThat(rule.get("matches"))
                .extracting(match -> match.at("/path/value").asText())
                .isEqualTo(OPEN);
            rule.get("backendRefs")
                .forEach(backend -> {
                  JsonNode service = manifests.get("Service", backend.get("name").asText());
                  assertThat(service.at("/spec/ports/0/port")).isEqualTo(backend.get("port"));
                });
          });
    }
  }

  @Test
  void autoscalersFindTheirDeploymentAndItsConsumerLag() {
    Manifests manifests = Manifests.of(Chart.example("production"));
    JsonNode scaled = manifests.get("ScaledObject", "mailstream-sender");
    JsonNode deployment =
        manifests.get("Deployment", scaled.at("/spec/scaleTargetRef/name").asText());
    assertThat(deployment.at("/spec").has("replicas"))
        .as("replicas are the autoscaler's")
        .isFalse();
    Set<String> topics =
        Manifests.stream(scaled.at("/spec/triggers"))
            .map(trigger -> trigger.at("/metadata/topic").asText())
            .collect(Collectors.toSet());
    Topics real = Topics.withDefaultPrefix();
    assertThat(topics)
        .containsExactlyInAnyOrder(real.dispatch(Lane.TRANSACTIONAL), real.dispatch(Lane.BULK));
    String properties = manifests.get("ConfigMap", "mailstream-sender").at("/data").toString();
    assertThat(properties)
        .contains(
            "sender.group.id=" + scaled.at("/spec/triggers/0/metadata/consumerGroup").asText());

    Manifests eks = Manifests.of(Chart.example("eks-ses-irsa"));
    for (JsonNode scaler : eks.ofKind("HorizontalPodAutoscaler")) {
      JsonNode target = eks.get("Deployment", scaler.at("/spec/scaleTargetRef/name").asText());
      assertThat(target.at("/spec").has("replicas")).isFalse();
    }
    assertThat(eks.ofKind("HorizontalPodAutoscaler")).hasSize(2);
  }

  @Test
  void theTopologyIsAStatefulSetWithItsOwnAddressesAndState() {
    Manifests manifests = Manifests.of(Chart.example("production"));
    JsonNode set = manifests.get("StatefulSet", "mailstream-topology");
    JsonNode headless = manifests.get("Service", set.at("/spec/serviceName").asText());
    assertThat(headless.at("/spec/clusterIP").asText()).isEqualTo("None");
    assertThat(headless.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
    Map<String, String> environment =
        Manifests.stream(manifests.pod("mailstream-topology").containers().getFirst().get("env"))
            .filter(variable -> variable.has("value"))
            .collect(
                Collectors.toMap(
                    variable -> variable.get("name").asText(),
                    variable -> variable.get("value").asText()));
    assertThat(environment)
        .containsEntry("MAILSTREAM_STREAMS_MAIN_CONSUMER_GROUP_INSTANCE_ID", "$(POD_NAME)")
        .containsEntry(
            "MAILSTREAM_TOPOLOGY_ADVERTISED_ADDRESS",
            "$(POD_NAME).%s.%s.svc:8080".formatted(Manifests.name(headless), Chart.NAMESPACE));
    assertThat(set.at("/spec/volumeClaimTemplates")).hasSize(1);
    assertThat(set.at("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted").asText())
        .isEqualTo("Retain");
  }
}

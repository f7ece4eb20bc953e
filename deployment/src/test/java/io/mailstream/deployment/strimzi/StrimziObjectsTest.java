package io.mailstream.deployment.strimzi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An object with a fault is refused: one of each sort in each kind that strimzi/ has. */
class StrimziObjectsTest {

  private static final Overlay PRODUCTION = Overlay.of("production");
  private static final Set<String> BROKEN_BELOW =
      Set.of(
          "Kafka",
          "KafkaNodePool",
          "KafkaTopic",
          "KafkaUser",
          "Deployment",
          "Service",
          "ServiceAccount",
          "NetworkPolicy",
          "PodDisruptionBudget");

  @Test
  void everyKindIsBrokenBelow() {
    assertThat(
            PRODUCTION.built().objects().stream()
                .map(object -> object.path("kind").asText())
                .collect(Collectors.toSet()))
        .isEqualTo(BROKEN_BELOW);
  }

  @ParameterizedTest(name = "{0}: {1} as {2}")
  @CsvSource({
    "Kafka, /spec/kafka/listeners, listners",
    "Kafka, /spec/kafka/rack/topologyKey, topologykey",
    "Kafka, /spec/cruiseControl, cruisecontrol",
    "Kafka, /spec/kafka/metricsConfig/values/allowList, allowlist",
    "Kafka, /metadata/name, nam",
    "KafkaNodePool, /spec/replicas, replica",
    "KafkaNodePool, /spec/storage/volumes/0/size, sise",
    "KafkaNodePool, /spec/template/pod/topologySpreadConstraints, topologySpread",
    "KafkaTopic, /spec/partitions, partitons",
    "KafkaTopic, /metadata/labels, label",
    "KafkaUser, /spec/authorization/acls, acl",
    "KafkaUser, /spec/authorization/acls/0/resource/patternType, patterntype",
    "Deployment, /spec/template/spec/containers/0/readinessProbe, readynessProbe",
    "Service, /spec/ports/0/targetPort, target",
    "ServiceAccount, /automountServiceAccountToken, automountToken",
    "NetworkPolicy, /spec/ingress/0/from, form",
    "PodDisruptionBudget, /spec/maxUnavailable, maxunavailable"
  })
  void aMisspeltFieldIsRefused(String kind, String field, String misspelt) {
    JsonNode object = intact(kind);
    ObjectNode parent = parent(object, field);
    parent.set(misspelt, parent.remove(member(field)));
    assertThat(StrimziObjects.faults(object)).anyMatch(fault -> fault.contains(misspelt));
  }

  @ParameterizedTest(name = "{0}: without {1}")
  @CsvSource({
    "Kafka, /spec",
    "Kafka, /spec/kafka",
    "Kafka, /spec/kafka/listeners/0/port",
    "Kafka, /spec/kafka/authorization/type",
    "KafkaNodePool, /spec/roles",
    "KafkaNodePool, /spec/storage/type",
    "KafkaTopic, /spec",
    "KafkaUser, /spec/authentication/type",
    "KafkaUser, /spec/authorization/acls/0/resource",
    "KafkaUser, /spec/authorization/acls/0/operations",
    "Deployment, /spec/selector",
    "Deployment, /spec/template/spec/containers/0/name",
    "Service, /spec/ports/0/port",
    "ServiceAccount, /metadata/name",
    "NetworkPolicy, /spec/podSelector",
    "PodDisruptionBudget, /spec/selector"
  })
  void aMissingFieldIsRefused(String kind, String field) {
    JsonNode object = intact(kind);
    parent(object, field).remove(member(field));
    assertThat(StrimziObjects.faults(object)).anyMatch(fault -> fault.contains(member(field)));
  }

  @ParameterizedTest(name = "{0}: {1} = {2}")
  @CsvSource({
    "Kafka, /spec/kafka/listeners/0/type, inside",
    "Kafka, /spec/kafka/listeners/0/authentication/type, scram-sha-1024",
    "Kafka, /spec/kafka/metricsConfig/type, prometheus",
    "Kafka, /apiVersion, kafka.strimzi.io/v1beta2",
    "KafkaNodePool, /spec/roles/0, zookeeper",
    "KafkaNodePool, /spec/storage/type, persistent",
    "KafkaTopic, /apiVersion, kafka.strimzi.io/v1beta2",
    "KafkaUser, /spec/authentication/type, plain",
    "KafkaUser, /spec/authorization/acls/0/resource/type, topics",
    "KafkaUser, /spec/authorization/acls/0/resource/patternType, prefixed",
    "KafkaUser, /spec/authorization/acls/0/operations/0, Reed",
    "Deployment, /spec/template/spec/securityContext/seccompProfile/type, Default",
    "Service, /apiVersion, v2",
    "ServiceAccount, /apiVersion, v2",
    "NetworkPolicy, /spec/policyTypes/0, Inbound",
    "NetworkPolicy, /spec/ingress/0/ports/0/protocol, TLS",
    "PodDisruptionBudget, /apiVersion, policy/v1beta1"
  })
  void aWordThatIsNotAllowedIsRefused(String kind, String field, String wrong) {
    JsonNode object = intact(kind);
    JsonPointer path = JsonPointer.compile(field);
    if (object.at(path.head()) instanceof ArrayNode array) {
      array.set(path.last().getMatchingIndex(), wrong);
    } else {
      parent(object, field).put(member(field), wrong);
    }
    assertThat(StrimziObjects.faults(object)).isNotEmpty();
  }

  /** An object of production without a fault, to be broken. */
  private static JsonNode intact(String kind) {
    JsonNode object = PRODUCTION.built().objects(kind).getFirst().deepCopy();
    assertThat(StrimziObjects.faults(object)).isEmpty();
    return object;
  }

  private static ObjectNode parent(JsonNode object, String field) {
    JsonNode parent = object.at(JsonPointer.compile(field).head());
    assertThat(parent.has(member(field))).as("%s is there", field).isTrue();
    return (ObjectNode) parent;
  }

  private static String member(String field) {
    return JsonPointer.compile(field).last().getMatchingProperty();
  }
}

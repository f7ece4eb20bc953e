package io.mailstream.deployment.acl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The ACLs of a KafkaUser, as Strimzi's User Operator creates them in Kafka: one per operation, for
 * {@code User:} and the user's name, from every host unless one is named.
 */
final class KafkaUserAcls {

  private KafkaUserAcls() {}

  /** The ACLs of one KafkaUser that logs in by SCRAM. */
  static List<AclBinding> of(JsonNode user) {
    String principal = "User:" + user.at("/metadata/name").textValue();
    List<AclBinding> bindings = new ArrayList<>();
    for (JsonNode rule : user.at("/spec/authorization/acls")) {
      ResourcePattern pattern = pattern(rule.path("resource"));
      AclPermissionType permission =
          rule.path("type").asText("allow").equals("deny")
              ? AclPermissionType.DENY
              : AclPermissionType.ALLOW;
      for (JsonNode operation : rule.path("operations")) {
        bindings.add(
            new AclBinding(
                pattern,
                new AccessControlEntry(
                    principal, rule.path("host").asText("*"), operation(operation), permission)));
      }
    }
    return bindings;
  }

  private static ResourcePattern pattern(JsonNode resource) {
    ResourceType type =
        switch (resource.path("type").asText()) {
          case "topic" -> ResourceType.TOPIC;
          case "group" -> ResourceType.GROUP;
          case "transactionalId" -> ResourceType.TRANSACTIONAL_ID;
          case "cluster" -> ResourceType.CLUSTER;
          default -> throw new IllegalArgumentException("no such resource: " + resource);
        };
    return new ResourcePattern(
        type,
        type == ResourceType.CLUSTER ? "kafka-cluster" : resource.path("name").textValue(),
        resource.path("patternType").asText("literal").equals("prefix")
            ? PatternType.PREFIXED
            : PatternType.LITERAL);
  }

  private static AclOperation operation(JsonNode operation) {
    String name = operation.textValue().replaceAll("(?<=[a-z])(?=[A-Z])", "_");
    return AclOperation.fromString(name.toUpperCase(Locale.ROOT));
  }
}

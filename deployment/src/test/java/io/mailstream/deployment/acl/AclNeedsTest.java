package io.mailstream.deployment.acl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class AclNeedsTest {

  private static final AclBinding READ = acl("a", PatternType.LITERAL, AclOperation.READ);
  private static final AclBinding DESCRIBE = acl("a", PatternType.LITERAL, AclOperation.DESCRIBE);
  private static final AclBinding ALL_READ = acl("", PatternType.PREFIXED, AclOperation.READ);

  @Test
  void whatNobodyAskedForIsNotNeeded() {
    assertThat(AclNeeds.unneeded(List.of(READ), List.of(asked("b", AclOperation.READ))))
        .containsExactly(READ);
    assertThat(AclNeeds.unneeded(List.of(READ), List.of(asked("a", AclOperation.WRITE))))
        .containsExactly(READ);
  }

  @Test
  void whatWasAskedForIsNeeded() {
    assertThat(AclNeeds.unneeded(List.of(READ), List.of(asked("a", AclOperation.READ)))).isEmpty();
    assertThat(AclNeeds.unneeded(List.of(ALL_READ), List.of(asked("a", AclOperation.READ))))
        .isEmpty();
  }

  @Test
  void whoMayReadNeedNotBeAllowedToDescribe() {
    List<Action> both = List.of(asked("a", AclOperation.READ), asked("a", AclOperation.DESCRIBE));
    assertThat(AclNeeds.unneeded(List.of(READ, DESCRIBE), both)).containsExactly(DESCRIBE);
    assertThat(AclNeeds.unneeded(List.of(READ), List.of(asked("a", AclOperation.DESCRIBE))))
        .isEmpty();
  }

  @Test
  void ofTwoThatAllowTheSameNeitherIsNeeded() {
    assertThat(AclNeeds.unneeded(List.of(READ, ALL_READ), List.of(asked("a", AclOperation.READ))))
        .containsExactly(READ, ALL_READ);
  }

  @Test
  void anotherPrincipalsDeedsDoNotCount() {
    Action others = new Action("User:v", AclOperation.READ, ResourceType.TOPIC, "a");
    assertThat(AclNeeds.unneeded(List.of(READ), List.of(others))).containsExactly(READ);
  }

  private static Action asked(String name, AclOperation operation) {
    return new Action("User:u", operation, ResourceType.TOPIC, name);
  }

  private static AclBinding acl(String name, PatternType pattern, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, name.isEmpty() ? "a" : name, pattern),
        new AccessControlEntry("User:u", "*", operation, AclPermissionType.ALLOW));
  }
}

package io.mailstream.deployment.acl;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;

/** Which ACLs nothing that happened depended on: without one of them, all would have gone on. */
final class AclNeeds {

  private static final Set<AclOperation> IMPLY_DESCRIBE =
      EnumSet.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER);

  private AclNeeds() {}

  /**
   * The ACLs that allow something which nobody asked for, or which another of them allows as well.
   *
   * @param bindings those that allow; others are passed over
   * @param allowed what was asked for and allowed
   */
  static List<AclBinding> unneeded(Collection<AclBinding> bindings, Collection<Action> allowed) {
    return bindings.stream()
        .filter(binding -> binding.entry().permissionType() == AclPermissionType.ALLOW)
        .filter(binding ->
            allowed.stream()
                .filter(action -> allows(binding, action))
                .noneMatch(action ->
                    bindings.stream()
                        .noneMatch(other -> !other.equals(binding) && allows(other, action))))
        .toList();
  }

  private static boolean allows(AclBinding binding, Action action) {
    AccessControlEntry entry = binding.entry();
    return entry.permissionType() == AclPermissionType.ALLOW
        && entry.principal().equals(action.principal())
        && covers(binding.pattern(), action)
        && implies(entry.operation(), action.operation());
  }

  private static boolean covers(ResourcePattern pattern, Action action) {
    return pattern.resourceType() == action.type()
        && (pattern.patternType() == PatternType.PREFIXED
            ? action.name().startsWith(pattern.name())
            : action.name().equals(pattern.name()));
  }

  /** As Kafka has it: who may read, write, delete or alter may also describe. */
  private static boolean implies(AclOperation granted, AclOperation asked) {
    return granted == asked
        || granted == AclOperation.ALL
        || (asked == AclOperation.DESCRIBE && IMPLY_DESCRIBE.contains(granted))
        || (asked == AclOperation.DESCRIBE_CONFIGS && granted == AclOperation.ALTER_CONFIGS);
  }
}

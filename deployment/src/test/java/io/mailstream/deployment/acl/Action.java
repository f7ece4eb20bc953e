package io.mailstream.deployment.acl;

import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What somebody asked a broker for.
 *
 * @param principal who, such as {@code User:mailstream-sender}
 * @param operation what is to be done
 * @param type to what kind of thing
 * @param name and to which
 */
record Action(String principal, AclOperation operation, ResourceType type, String name) {

  @Override
  public String toString() {
    return "%s %s %s %s".formatted(principal, operation, type, name);
  }
}

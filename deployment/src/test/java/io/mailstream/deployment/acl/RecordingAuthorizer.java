package io.mailstream.deployment.acl;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** Kafka's own authorizer, which also remembers what was asked for and what it said. */
public final class RecordingAuthorizer extends StandardAuthorizer {

  // Broker and controller make one instance each, by name: the only way to reach them.
  private static final Set<Action> ALLOWED = ConcurrentHashMap.newKeySet();
  private static final Set<Action> DENIED = ConcurrentHashMap.newKeySet();

  @Override
  public List<AuthorizationResult> authorize(
      AuthorizableRequestContext context, List<org.apache.kafka.server.authorizer.Action> actions) {
    List<AuthorizationResult> results = super.authorize(context, actions);
    for (int i = 0; i < actions.size(); i++) {
      org.apache.kafka.server.authorizer.Action asked = actions.get(i);
      if (!asked.logIfDenied()) {
        // Nobody asked: the broker finds out what it may show beside what was asked for.
        continue;
      }
      Action action =
          new Action(
              context.principal().toString(),
              asked.operation(),
              asked.resourcePattern().resourceType(),
              asked.resourcePattern().name());
      if (results.get(i) == AuthorizationResult.ALLOWED) {
        ALLOWED.add(action);
      } else {
        DENIED.add(action);
      }
    }
    return results;
  }

  static void forget() {
    ALLOWED.clear();
    DENIED.clear();
  }

  static Set<Action> allowed() {
    return Set.copyOf(ALLOWED);
  }

  /** Refusals, for people to read: in order. */
  static List<String> denied() {
    return List.copyOf(new TreeSet<>(DENIED.stream().map(Action::toString).toList()));
  }
}

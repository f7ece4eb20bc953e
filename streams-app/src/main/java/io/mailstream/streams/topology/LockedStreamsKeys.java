package io.mailstream.streams.topology;

import java.util.Map;
import java.util.TreeMap;

/** What may not be set below {@code streams.}, and why. */
final class LockedStreamsKeys {

  private static final String TWICE = "that nothing is sent twice rests on it";
  private static final String LOST = "that nothing is lost rests on it";
  private static final String HOME = "one task owns all that is known of an address by it";
  private static final String URGENT = "that urgent mail comes first rests on it";
  private static final String NAMES =
      "what stores and internal topics hold is found by their names";
  private static final String LETTERS = "Mailstream's own handlers write the dead letters";
  private static final String SIZE = "what validate lets pass must fit, as Topics has it";

  private LockedStreamsKeys() {}

  static Map<String, String> all() {
    Map<String, String> locked = new TreeMap<>();
    locked.put("application.id", "use " + TopologySettings.APPLICATION_ID);
    locked.put("application.server", "use " + TopologySettings.ADVERTISED);
    locked.put("bootstrap.servers", "use bootstrap.servers without the prefix");
    locked.put("state.dir", "use " + TopologySettings.STATE_DIR);
    locked.put("num.stream.threads", "use " + TopologySettings.THREADS);
    locked.put("num.standby.replicas", "use " + TopologySettings.STANDBYS);
    locked.put("processing.guarantee", TWICE);
    locked.put("group.protocol", "another topology under the same id would be refused");
    locked.put("ensure.explicit.internal.resource.naming", NAMES);
    locked.put("topology.optimization", NAMES);
    locked.put("processor.wrapper.class", NAMES);
    locked.put("dsl.store.format", "queries cannot read stores of another format");
    locked.put("max.task.idle.ms", URGENT);
    locked.put("default.timestamp.extractor", URGENT);
    locked.put("topic.message.timestamp.type", URGENT);
    locked.put("topic.message.timestamp.before.max.ms", URGENT);
    locked.put("topic.max.message.bytes", SIZE);
    locked.put("*.max.request.size", SIZE);
    locked.put("deserialization.exception.handler", LETTERS);
    locked.put("default.deserialization.exception.handler", LETTERS);
    locked.put("production.exception.handler", LETTERS);
    locked.put("default.production.exception.handler", LETTERS);
    locked.put("processing.exception.handler", LETTERS);
    locked.put("errors.dead.letter.queue.topic.name", LETTERS);
    locked.put(DeadLetters.TOPIC_CONFIG, LETTERS);
    locked.put("*.isolation.level", TWICE);
    locked.put("*.enable.idempotence", TWICE);
    locked.put("*.transactional.id", TWICE);
    locked.put("*.enable.auto.commit", TWICE);
    locked.put("*.acks", LOST);
    locked.put("*.retries", LOST);
    locked.put("*.auto.offset.reset", LOST);
    locked.put("*.partitioner.class", HOME);
    locked.put("*.key.serializer", HOME);
    locked.put("*.value.serializer", HOME);
    locked.put("*.key.deserializer", HOME);
    locked.put("*.value.deserializer", HOME);
    return Map.copyOf(locked);
  }
}

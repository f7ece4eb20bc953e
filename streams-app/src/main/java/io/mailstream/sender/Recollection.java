package io.mailstream.sender;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process committed last of partitions that it gave back, against a group coordinator
 * that forgets: after a crash of a broker, Kafka 4.3.1 may serve committed offsets that are older
 * than those it had acknowledged (docs/reliability.md). Begun from there, mail would be sent twice.
 *
 * <p>It knows nothing of what other senders committed, and nothing from before its start.
 */
final class Recollection {

  private static final Logger LOG = LoggerFactory.getLogger(Recollection.class);

  private final Map<TopicPartition, StartedOffsets> states = new HashMap<>();

  /** A partition is given back; this was committed of it last. */
  void keep(TopicPartition id, StartedOffsets lastCommitted) {
    states.put(id, lastCommitted);
  }

  /** What to go on with where a partition comes back and this is said to be committed of it. */
  StartedOffsets recall(TopicPartition id, StartedOffsets committed) {
    StartedOffsets known = states.remove(id);
    if (known == null) {
      return committed;
    }
    StartedOffsets joined = committed.join(known);
    if (joined.prefix() > committed.prefix() || joined.startedUpTo() > committed.startedUpTo()) {
      LOG.error(
          "{}: the brokers lost committed offsets. They say {}, this sender had committed {} and"
              + " goes on there. What other senders and the topology committed may be lost too:"
              + " look for mail that was sent twice",
          id,
          committed,
          known);
    }
    return joined;
  }
}

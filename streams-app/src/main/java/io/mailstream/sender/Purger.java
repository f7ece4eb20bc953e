package io.mailstream.sender;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from the dispatch topics what lies below the committed offsets: their retention has no
 * limit. Once at the first finish of a partition, then now and then.
 */
final class Purger {

  private static final Logger LOG = LoggerFactory.getLogger(Purger.class);

  private final Admin admin;
  private final long interval;
  private final Map<TopicPartition, Long> purged = new HashMap<>();
  private long lastAt;

  Purger(Admin admin, Duration interval) {
    this.admin = admin;
    this.interval = interval.toNanos();
    this.lastAt = System.nanoTime();
  }

  /**
   * Deletes where it is time to. Does not wait for the brokers; what fails is deleted next time.
   *
   * @return whether it asked for anything
   */
  boolean purge(Collection<OwnedPartition> partitions, long nanos) {
    boolean due = nanos - lastAt >= interval;
    Map<TopicPartition, RecordsToDelete> below = new HashMap<>();
    for (OwnedPartition partition : partitions) {
      long prefix = partition.progress().lastCommitted().prefix();
      Long before = purged.get(partition.id());
      if (prefix > (before == null ? 0 : before) && (due || before == null)) {
        below.put(partition.id(), RecordsToDelete.beforeOffset(prefix));
        purged.put(partition.id(), prefix);
      }
    }
    lastAt = due ? nanos : lastAt;
    if (below.isEmpty()) {
      return false;
    }
    var _ =
        admin
            .deleteRecords(below)
            .all()
            .whenComplete((done, failure) -> {
              if (failure != null) {
                LOG.warn(
                    "Finished records of {} are not deleted and stay until the next time: {}",
                    below.keySet(),
                    failure.toString());
              }
            });
    return true;
  }
}

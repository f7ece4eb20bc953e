package io.mailstream.sender;

import io.mailstream.sender.Checkpoints.Point;
import io.mailstream.sender.CommitPace.Waiting;
import io.mailstream.v1.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what has changed into one transaction and tells everything concerned how it went. For the
 * loop's thread.
 */
final class Committer {

  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final int TOO_MANY_ABORTS = 20;

  private final TransactionLog log;
  private final SenderMetrics metrics;
  private final Checkpoints checkpoints;
  private final List<ProducerRecord<byte[], byte[]>> evidence = new ArrayList<>();
  private long commitId = ThreadLocalRandom.current().nextLong();
  private int abortsInRow;

  Committer(TransactionLog log, SenderMetrics metrics, Checkpoints checkpoints) {
    this.log = log;
    this.metrics = metrics;
    this.checkpoints = checkpoints;
  }

  /** Evidence goes with the next commit. */
  void add(ProducerRecord<byte[], byte[]> event) {
    evidence.add(event);
  }

  /** Whether there is anything to commit. */
  boolean isNeeded(Collection<OwnedPartition> partitions) {
    return waiting(partitions) != Waiting.NOTHING;
  }

  /** What waits for the next commit. */
  Waiting waiting(Collection<OwnedPartition> partitions) {
    Waiting most = evidence.isEmpty() ? Waiting.NOTHING : Waiting.OUTCOMES;
    for (OwnedPartition partition : partitions) {
      Waiting here = waiting(partition);
      most = here.compareTo(most) > 0 ? here : most;
    }
    return most;
  }

  private static Waiting waiting(OwnedPartition partition) {
    PartitionProgress<Send> progress = partition.progress();
    if (!progress.isTouched()) {
      return Waiting.NOTHING;
    }
    if (!progress.isUrgent()) {
      return Waiting.OUTCOMES;
    }
    return partition.lane() == Lane.TRANSACTIONAL ? Waiting.TRANSACTIONAL : Waiting.BULK;
  }

  /**
   * Commits what has changed.
   *
   * @return the sends that may be called from now on; empty also where the commit was aborted,
   *     after which all that it held waits for the next
   */
  Optional<List<Send>> commit(Collection<OwnedPartition> partitions) {
    long id = ++commitId;
    List<OwnedPartition> touched = new ArrayList<>();
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    List<ProducerRecord<byte[], byte[]>> outcomes = new ArrayList<>(evidence);
    for (OwnedPartition partition : partitions) {
      PartitionProgress<Send> progress = partition.progress();
      if (!progress.isTouched()) {
        continue;
      }
      touched.add(partition);
      StartedOffsets state = progress.propose(id);
      offsets.put(
          partition.id(),
          new OffsetAndMetadata(state.prefix(), Optional.empty(), state.metadata()));
      for (Send send : progress.finishing()) {
        outcomes.add(send.outgoing());
      }
    }
    checkpoints.reached(Point.PLANNED);
    // Not after the commit: by then the partitions may have been taken away for a while.
    long now = System.nanoTime();
    if (!log.commit(outcomes, offsets, id)) {
      touched.forEach(this::aborted);
      metrics.aborted();
      if (++abortsInRow == TOO_MANY_ABORTS) {
        LOG.error(
            "{} transactions in a row were aborted: the sender makes no headway", abortsInRow);
      }
      return Optional.empty();
    }
    abortsInRow = 0;
    evidence.clear();
    metrics.committed();
    checkpoints.reached(Point.COMMITTED);
    List<Send> mayStart = new ArrayList<>();
    for (OwnedPartition partition : touched) {
      PartitionProgress<Send> progress = partition.progress();
      for (Send send : progress.finishing()) {
        metrics.ended(send);
        SendLog.ended(send);
      }
      for (Send send : progress.committed()) {
        send.committed(now);
        mayStart.add(send);
      }
    }
    return Optional.of(mayStart);
  }

  private void aborted(OwnedPartition partition) {
    for (Send send : partition.progress().aborted()) {
      send.unplan();
    }
  }

  /** What keeps it from making headway, for people; empty: nothing. */
  String trouble() {
    return abortsInRow >= TOO_MANY_ABORTS
        ? "%d transactions in a row were aborted".formatted(abortsInRow)
        : log.trouble();
  }
}

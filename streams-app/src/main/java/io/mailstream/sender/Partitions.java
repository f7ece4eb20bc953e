package io.mailstream.sender;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dispatch partitions that this instance owns. For the loop's thread. */
final class Partitions implements ConsumerRebalanceListener {

  private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);
  private static final Duration ASK = Duration.ofSeconds(2);
  private static final int MIN_WAITING = 50;

  private final Consumer<byte[], byte[]> consumer;
  private final Topics topics;
  private final SenderConfig config;
  private final SuppressionTail tail;
  private final Handover handover;
  private final Runnable onChange;
  private final Map<TopicPartition, OwnedPartition> owned = new LinkedHashMap<>();
  private final Recollection recollection = new Recollection();

  /** Assigned, but what is committed of them is not read yet. */
  private final Set<TopicPartition> fresh = new HashSet<>();

  private final Set<TopicPartition> paused = new HashSet<>();
  private int turn;

  /** Ends the work on partitions that leave while this instance may still commit. */
  @FunctionalInterface
  interface Handover {
    void handOver(Collection<OwnedPartition> leaving);
  }

  Partitions(
      Consumer<byte[], byte[]> consumer,
      Topics topics,
      SenderConfig config,
      SuppressionTail tail,
      Handover handover,
      Runnable onChange) {
    this.consumer = consumer;
    this.topics = topics;
    this.config = config;
    this.tail = tail;
    this.handover = handover;
    this.onChange = onChange;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
    LOG.info("Assigned: {}", assigned);
    // Nothing of them is polled until it is known what the predecessor left.
    consumer.pause(assigned);
    fresh.addAll(assigned);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
    LOG.info("Revoked: {}", revoked);
    List<OwnedPartition> leaving =
        revoked.stream().map(owned::get).filter(Objects::nonNull).toList();
    if (!leaving.isEmpty()) {
      handover.handOver(leaving);
    }
    remove(revoked);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> lost) {
    LOG.warn("Lost, another instance may have them already: {}", lost);
    remove(lost);
  }

  /** Forgets all without a word: nothing more starts, nothing is handed over. */
  void abandon() {
    owned.values().forEach(OwnedPartition::release);
    owned.clear();
    fresh.clear();
  }

  private void remove(Collection<TopicPartition> leaving) {
    fresh.removeAll(leaving);
    paused.removeAll(leaving);
    for (TopicPartition id : leaving) {
      OwnedPartition partition = owned.remove(id);
      if (partition != null) {
        partition.release();
        recollection.keep(id, partition.progress().lastCommitted());
        partition.progress().openSends().forEach(Send::unplan);
      }
    }
    for (TopicPartition id : leaving) {
      if (owned.keySet().stream().noneMatch(other -> other.partition() == id.partition())) {
        tail.unwatch(id.partition());
      }
    }
    onChange.run();
  }

  /**
   * Takes over what was assigned: reads what the predecessor committed. A transaction of its that
   * is still open makes this wait, so that what is read is settled.
   *
   * @throws SenderFailure if a partition has no offset, or not one of a sender
   */
  void adopt() {
    if (fresh.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed;
    try {
      committed = consumer.committed(Set.copyOf(fresh), ASK);
    } catch (TimeoutException e) {
      LOG.info("The committed offsets of {} are waited for: {}", fresh, e.getMessage());
      return;
    }
    for (TopicPartition id : List.copyOf(fresh)) {
      StartedOffsets state = recollection.recall(id, state(id, committed.get(id)));
      LOG.info("{}: {}", id, state);
      consumer.seek(id, state.prefix());
      owned.put(
          id, new OwnedPartition(id, lane(id), new PartitionProgress<>(state, config.window())));
      fresh.remove(id);
      consumer.resume(List.of(id));
    }
    onChange.run();
  }

  private StartedOffsets state(TopicPartition id, OffsetAndMetadata committed) {
    if (committed == null) {
      throw new SenderFailure(
          ("the committed offset of %s of group %s has vanished: to begin anywhere could send mail"
                  + " twice or lose it. Stop all senders; see %s for how to go on")
              .formatted(id, config.groupId(), SenderConfig.MISSING_OFFSETS));
    }
    try {
      return StartedOffsets.parse(committed.offset(), committed.metadata());
    } catch (IllegalArgumentException e) {
      throw new SenderFailure(
          "the committed offset %d of %s of group %s cannot be used: %s. Stop all senders; see %s"
                  .formatted(
                      committed.offset(),
                      id,
                      config.groupId(),
                      e.getMessage(),
                      SenderConfig.MISSING_OFFSETS)
              + " for how to go on",
          e);
    }
  }

  private Lane lane(TopicPartition id) {
    return id.topic().equals(topics.dispatch(Lane.TRANSACTIONAL)) ? Lane.TRANSACTIONAL : Lane.BULK;
  }

  /** Takes polled records in. */
  void accept(ConsumerRecords<byte[], byte[]> records) {
    long now = System.nanoTime();
    for (TopicPartition id : records.partitions()) {
      OwnedPartition partition = owned.get(id);
      if (partition == null) {
        continue;
      }
      for (ConsumerRecord<byte[], byte[]> record : records.records(id)) {
        long from = record.timestamp() - config.gateMargin().toMillis();
        if (tail.watchedFrom(id.partition()) > from) {
          tail.watch(id.partition(), from);
        }
        partition.polled(record.timestamp());
        partition.progress().add(new Send(partition, record, now));
      }
    }
    records
        .nextOffsets()
        .forEach((id, next) -> {
          OwnedPartition partition = owned.get(id);
          if (partition != null) {
            partition.progress().readUpTo(next.offset());
          }
        });
  }

  /** Those owned, transactional before bulk, each time another one of a lane first. */
  List<OwnedPartition> inOrder() {
    List<OwnedPartition> order = new ArrayList<>(owned.size());
    for (Lane lane : List.of(Lane.TRANSACTIONAL, Lane.BULK)) {
      List<OwnedPartition> same = new ArrayList<>();
      for (OwnedPartition partition : owned.values()) {
        if (partition.lane() == lane) {
          same.add(partition);
        }
      }
      if (!same.isEmpty()) {
        int first = turn % same.size();
        order.addAll(same.subList(first, same.size()));
        order.addAll(same.subList(0, first));
      }
    }
    turn = (turn + 1) & Integer.MAX_VALUE;
    return order;
  }

  /** Those owned. */
  Collection<OwnedPartition> all() {
    return owned.values();
  }

  /** Whether this instance is a member of the group and works on what it was given. */
  boolean isJoined() {
    return fresh.isEmpty() && (!owned.isEmpty() || consumer.groupMetadata().generationId() > 0);
  }

  /** Polls no more of what has enough waiting, so that the rest, urgent mail above all, comes. */
  void pauseAndResume() {
    long bytes = 0;
    int[] count = new int[Lane.values().length];
    for (OwnedPartition partition : owned.values()) {
      bytes += partition.waitingBytes();
      count[partition.lane().ordinal()]++;
    }
    boolean full = bytes > config.bufferBytes();
    Set<TopicPartition> pause = new HashSet<>();
    Set<TopicPartition> resume = new HashSet<>();
    for (OwnedPartition partition : owned.values()) {
      int enough =
          Math.max(MIN_WAITING, 2 * config.openSends() / count[partition.lane().ordinal()]);
      int waiting = partition.progress().waiting();
      if (waiting >= enough || (full && waiting > 0)) {
        pause.add(partition.id());
      } else if (waiting <= enough / 2) {
        resume.add(partition.id());
      }
    }
    pause.removeAll(paused);
    resume.retainAll(paused);
    if (!pause.isEmpty()) {
      consumer.pause(pause);
      paused.addAll(pause);
    }
    if (!resume.isEmpty()) {
      consumer.resume(resume);
      paused.removeAll(resume);
    }
  }

  /** Lets the tail forget what was suppressed before everything that is unfinished. */
  void forgetOldSuppressions() {
    Map<Integer, Long> horizons = new LinkedHashMap<>();
    for (OwnedPartition partition : owned.values()) {
      if (partition.lastTimestamp() > 0) {
        horizons.merge(partition.id().partition(), partition.horizon(), Math::min);
      }
    }
    horizons.forEach(
        (id, horizon) -> tail.forgetBefore(id, horizon - config.gateMargin().toMillis()));
  }
}

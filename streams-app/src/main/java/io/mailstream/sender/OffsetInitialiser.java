package io.mailstream.sender;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the offsets of all dispatch partitions where {@link CommittedOffsets} says so, in one
 * transaction, before this instance joins the group.
 *
 * <p>All instances do it under one transactional id: one that looks fences those that have looked
 * before, so that none can write what it decided on after another has begun to send.
 */
final class OffsetInitialiser {

  private static final Logger LOG = LoggerFactory.getLogger(OffsetInitialiser.class);
  private static final long ASK_SECONDS = 30;

  private final SenderConfig config;
  private final SenderClients clients;
  private final Topics topics;

  OffsetInitialiser(SenderConfig config, SenderClients clients, Topics topics) {
    this.config = config;
    this.clients = clients;
    this.topics = topics;
  }

  /**
   * Sees to it that every partition has an offset.
   *
   * @param partitions the partition count of the dispatch topics
   * @throws SenderFailure if offsets are lost
   * @throws KafkaException if the brokers cannot be asked, or another instance was at it: to be
   *     called again
   */
  void ensure(Admin admin, int partitions) {
    // In a group at work some transaction is always open: what is missing is told without waiting
    // for all to be settled at once. Who takes a partition over waits for that one.
    if (find(admin, partitions, false).values().stream().allMatch(p -> p.state().isPresent())) {
      return;
    }
    try (Producer<byte[], byte[]> producer = clients.producer(config.groupId() + "-offsets")) {
      producer.initTransactions();
      Map<TopicPartition, StartedOffsets> initial =
          CommittedOffsets.missing(find(admin, partitions, true), config.missingOffsets());
      if (initial.isEmpty()) {
        return;
      }
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      initial.forEach((id, state) ->
          offsets.put(
              id, new OffsetAndMetadata(state.prefix(), Optional.empty(), state.metadata())));
      producer.beginTransaction();
      try {
        producer.sendOffsetsToTransaction(offsets, groupWithoutMember());
        producer.commitTransaction();
      } catch (CommitFailedException e) {
        producer.abortTransaction();
        throw new KafkaException(
            "group %s has members: its offsets are written only before there are any"
                .formatted(config.groupId()),
            e);
      }
      LOG.info(
          "Group {} begins at {}",
          config.groupId(),
          initial.entrySet().stream()
              .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
              .map(entry -> entry.getKey() + "@" + entry.getValue().prefix())
              .toList());
    }
  }

  /** The group as somebody who is not a member names it: taken only while it has no members. */
  private ConsumerGroupMetadata groupWithoutMember() {
    try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
      return consumer.groupMetadata();
    }
  }

  private Map<TopicPartition, CommittedOffsets.Found> find(
      Admin admin, int partitions, boolean settled) {
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (Lane lane : Lane.values()) {
      for (int i = 0; i < partitions; i++) {
        TopicPartition id = new TopicPartition(topics.dispatch(lane), i);
        earliest.put(id, OffsetSpec.earliest());
        latest.put(id, OffsetSpec.latest());
      }
    }
    Map<TopicPartition, OffsetAndMetadata> committed = committed(admin, earliest.keySet(), settled);
    Map<TopicPartition, ListOffsetsResultInfo> starts = get(admin.listOffsets(earliest).all());
    Map<TopicPartition, ListOffsetsResultInfo> ends = get(admin.listOffsets(latest).all());
    return earliest.keySet().stream()
        .collect(
            Collectors.toMap(
                Function.identity(),
                id -> {
                  Optional<OffsetAndMetadata> offset = Optional.ofNullable(committed.get(id));
                  return new CommittedOffsets.Found(
                      offset.map(OffsetAndMetadata::offset),
                      offset.map(OffsetAndMetadata::metadata).orElse(""),
                      starts.get(id).offset(),
                      ends.get(id).offset());
                }));
  }

  /** The committed offsets; null for partitions without. */
  private Map<TopicPartition, OffsetAndMetadata> committed(
      Admin admin, Set<TopicPartition> partitions, boolean settled) {
    Map<TopicPartition, OffsetAndMetadata> committed;
    try {
      committed =
          get(
              admin
                  .listConsumerGroupOffsets(
                      Map.of(
                          config.groupId(),
                          new ListConsumerGroupOffsetsSpec().topicPartitions(partitions)),
                      new ListConsumerGroupOffsetsOptions().requireStable(settled))
                  .partitionsToOffsetAndMetadata(config.groupId()));
    } catch (GroupIdNotFoundException e) {
      return Map.of();
    }
    // The admin client leaves out what an open transaction is about to change. That is not to be
    // taken for missing.
    Set<TopicPartition> unsettled = new HashSet<>(partitions);
    unsettled.removeAll(committed.keySet());
    if (!unsettled.isEmpty()) {
      throw new KafkaException(
          "a transaction of an earlier sender is still open on the offsets of " + unsettled);
    }
    return committed;
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(ASK_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause
          ? cause
          : new KafkaException("the cluster could not be asked", e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "the cluster did not answer within %d s".formatted(ASK_SECONDS), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}

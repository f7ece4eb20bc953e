package io.mailstream.benchmarks.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** What the broker says of its groups and transactions: what a pipeline that stands still is at. */
final class Cluster implements AutoCloseable {

  private static final long ASK_SECONDS = 20;

  private final Admin admin;

  /**
   * Committed offsets that are behind what they were.
   *
   * @param group whose
   * @param partition of what
   * @param before what was committed
   * @param now what the broker says
   */
  record WentBack(String group, TopicPartition partition, long before, long now) {}

  /**
   * A transaction that its coordinator does not know to be open.
   *
   * @param partition where it stands in front
   * @param producer whose, by the partition's own state
   */
  record Hanging(TopicPartition partition, ProducerState producer) {
    @Override
    public String toString() {
      return "%s from offset %d, producer %d, epoch %d"
          .formatted(
              partition,
              producer.currentTransactionStartOffset().orElse(-1),
              producer.producerId(),
              producer.producerEpoch());
    }
  }

  Cluster(String bootstrap) {
    admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "request.timeout.ms",
                10_000,
                "default.api.timeout.ms",
                15_000,
                "reconnect.backoff.max.ms",
                1_000));
  }

  private static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(ASK_SECONDS, TimeUnit.SECONDS);
  }

  private List<TopicPartition> partitions()
      throws ExecutionException, InterruptedException, TimeoutException {
    Set<String> topics = get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
    List<TopicPartition> all = new ArrayList<>();
    get(admin.describeTopics(topics).allTopicNames())
        .forEach((name, topic) ->
            topic.partitions().stream()
                .filter(partition -> partition.leader() != null && !partition.leader().isEmpty())
                .forEach(partition -> all.add(new TopicPartition(name, partition.partition()))));
    return all;
  }

  /**
   * Transactions that are open on a partition and that their coordinator does not hold for open
   * there: what {@code kafka-transactions.sh find-hanging} lists. One that ends just now may be
   * among them; how old they are does not follow from their records, whose times lanes shift.
   */
  List<Hanging> hanging() throws ExecutionException, InterruptedException, TimeoutException {
    List<Hanging> open = new ArrayList<>();
    get(admin.describeProducers(partitions()).all())
        .forEach((partition, state) ->
            state.activeProducers().stream()
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .forEach(producer -> open.add(new Hanging(partition, producer))));
    if (open.isEmpty()) {
      return open;
    }
    Set<Long> ids =
        open.stream().map(each -> each.producer().producerId()).collect(Collectors.toSet());
    Collection<TransactionListing> listed =
        get(admin.listTransactions(new ListTransactionsOptions().filterProducerIds(ids)).all());
    Map<Long, TransactionDescription> known = new HashMap<>();
    get(admin
            .describeTransactions(listed.stream().map(TransactionListing::transactionalId).toList())
            .all())
        .values()
        .forEach(description -> known.put(description.producerId(), description));
    open.removeIf(each -> {
      TransactionDescription description = known.get(each.producer().producerId());
      return description != null && description.topicPartitions().contains(each.partition());
    });
    return open;
  }

  /** Ends such a transaction, as the runbook says. */
  void abort(Hanging hanging) throws ExecutionException, InterruptedException, TimeoutException {
    ProducerState producer = hanging.producer();
    get(
        admin
            .abortTransaction(
                new AbortTransactionSpec(
                    hanging.partition(),
                    producer.producerId(),
                    (short) producer.producerEpoch(),
                    producer.coordinatorEpoch().orElse(0)))
            .all());
  }

  /** What groups have committed. */
  Map<TopicPartition, Long> committed(String group)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach((partition, offset) -> {
          if (offset != null) {
            offsets.put(partition, offset.offset());
          }
        });
    return offsets;
  }

  /** Where the pipeline stands, for a person: lags, members, transactions that hang. */
  List<String> describe(Collection<String> groups) {
    List<String> lines = new ArrayList<>();
    for (String group : groups) {
      ask(lines, "lags of " + group, () -> lags(group));
      ask(lines, "members of " + group, () -> members(group));
    }
    ask(lines, "hanging transactions", () -> hanging().stream().map(Hanging::toString).toList());
    return lines;
  }

  private interface Question {
    List<String> ask() throws ExecutionException, InterruptedException, TimeoutException;
  }

  private static void ask(List<String> lines, String what, Question question) {
    try {
      List<String> answer = question.ask();
      lines.add(what + ": " + (answer.isEmpty() ? "none" : ""));
      answer.forEach(line -> lines.add("  " + line));
    } catch (ExecutionException | TimeoutException e) {
      lines.add(what + ": the broker does not say: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> lags(String group)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    committed.values().removeIf(Objects::isNull);
    Map<TopicPartition, OffsetSpec> latest =
        committed.keySet().stream().collect(Collectors.toMap(id -> id, id -> OffsetSpec.latest()));
    Map<String, String> lags = new TreeMap<>();
    get(admin.listOffsets(latest).all())
        .forEach((id, end) -> {
          OffsetAndMetadata at = committed.get(id);
          // One record at the end may be a transaction's marker.
          if (end.offset() - at.offset() > 1) {
            lags.put(
                id.toString(),
                "%s at %d of %d %s".formatted(id, at.offset(), end.offset(), at.metadata()));
          }
        });
    return List.copyOf(lags.values());
  }

  private List<String> members(String name)
      throws ExecutionException, InterruptedException, TimeoutException {
    ConsumerGroupDescription group =
        get(admin.describeConsumerGroups(List.of(name)).all()).get(name);
    Set<String> lines = new LinkedHashSet<>();
    lines.add("state %s, epoch %s".formatted(group.groupState(), group.groupEpoch()));
    group
        .members()
        .forEach(member ->
            lines.add(
                "%s (%s) epoch %s has %s, is to have %s"
                    .formatted(
                        member.clientId(),
                        member.consumerId(),
                        member.memberEpoch(),
                        member.assignment().topicPartitions(),
                        member.targetAssignment().map(Object::toString).orElse("the same"))));
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}

package io.mailstream.sender;

import io.mailstream.sender.Checkpoints.Point;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commits of the send loop: each one Kafka transaction of outcomes and offsets. It either says
 * for certain how a commit went or does not return.
 *
 * <p>A commit whose answer is lost is asked for again. Where the producer itself is past use — the
 * brokers gave its transaction up while they were away — a new one takes its place, and the
 * committed offsets tell by their commit id whether the transaction went through.
 */
final class TransactionLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TransactionLog.class);
  private static final Duration ASK = Duration.ofSeconds(4);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final int MAX_RENEWALS = 5;
  private static final long RENEWALS_WITHIN = Duration.ofMinutes(10).toNanos();

  private final Supplier<Producer<byte[], byte[]>> producers;
  private final Consumer<byte[], byte[]> consumer;
  private final Checkpoints checkpoints;
  private final BooleanSupplier givingUp;
  private Producer<byte[], byte[]> producer;
  private volatile String trouble = "";
  private int renewals;
  private long firstRenewalAt;

  /**
   * Opens the log: fences an earlier producer of the same id and aborts what it left open.
   *
   * @param producers makes producers of this instance's transactional id
   * @param consumer the consumer of the group, for its metadata and its committed offsets
   * @param givingUp whether to stop waiting for brokers that do not answer
   */
  TransactionLog(
      Supplier<Producer<byte[], byte[]>> producers,
      Consumer<byte[], byte[]> consumer,
      Checkpoints checkpoints,
      BooleanSupplier givingUp) {
    this.producers = producers;
    this.consumer = consumer;
    this.checkpoints = checkpoints;
    this.givingUp = givingUp;
    open();
  }

  /**
   * Commits outcomes and offsets together.
   *
   * @param outcomes may be empty
   * @param offsets by partition owned; empty only where the records need no fencing
   * @param commitId stands in the metadata of all offsets
   * @return whether it is committed; false: it never will be
   * @throws SenderFailure if it cannot be found out
   */
  boolean commit(
      List<ProducerRecord<byte[], byte[]>> outcomes,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      long commitId) {
    try {
      producer.beginTransaction();
      checkpoints.reached(Point.BEGUN);
      for (ProducerRecord<byte[], byte[]> outcome : outcomes) {
        send(outcome);
      }
      checkpoints.reached(Point.OUTCOMES_SENT);
      if (!offsets.isEmpty()) {
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
      }
      checkpoints.reached(Point.OFFSETS_SENT);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      return abort(e, offsets.keySet(), commitId);
    }
    while (true) {
      try {
        producer.commitTransaction();
        trouble = "";
        return true;
      } catch (InterruptException e) {
        throw e;
      } catch (TimeoutException e) {
        waitFor("a commit", e);
      } catch (KafkaException | IllegalStateException e) {
        return abort(e, offsets.keySet(), commitId);
      }
    }
  }

  /**
   * Hands a record to the producer. One that could not even be taken fails the transaction here:
   * while the brokers do not answer, each further one would wait as long again.
   */
  private void send(ProducerRecord<byte[], byte[]> outcome) {
    Future<RecordMetadata> sent = producer.send(outcome);
    if (sent.state() == Future.State.FAILED) {
      Throwable why = sent.exceptionNow();
      throw new KafkaException("a record for %s was not taken".formatted(outcome.topic()), why);
    }
  }

  private boolean abort(RuntimeException cause, Set<TopicPartition> offsets, long commitId) {
    LOG.info("A transaction is aborted, its outcomes go into the next: {}", cause.toString());
    if (isTimeout(cause)) {
      waitFor("a transaction", cause);
    }
    while (true) {
      try {
        producer.abortTransaction();
        return false;
      } catch (InterruptException e) {
        throw e;
      } catch (TimeoutException e) {
        waitFor("an abort", e);
      } catch (KafkaException | IllegalStateException e) {
        return renew(cause, offsets, commitId);
      }
    }
  }

  /** A new producer under the same id, and what became of the transaction of the old one. */
  private boolean renew(RuntimeException cause, Set<TopicPartition> offsets, long commitId) {
    long now = System.nanoTime();
    if (renewals == 0 || now - firstRenewalAt > RENEWALS_WITHIN) {
      renewals = 0;
      firstRenewalAt = now;
    }
    if (++renewals > MAX_RENEWALS) {
      throw new SenderFailure(
          ("the transactional producer was put out of use %d times within %s: if another sender"
                  + " runs with the same %s, give each its own")
              .formatted(
                  renewals, Duration.ofNanos(now - firstRenewalAt), SenderConfig.INSTANCE_ID),
          cause);
    }
    LOG.warn("The transactional producer is past use, a new one takes over: {}", cause.toString());
    producer.close(Duration.ZERO);
    open();
    return isCommitted(offsets, commitId);
  }

  private void open() {
    producer = producers.get();
    while (true) {
      try {
        producer.initTransactions();
        trouble = "";
        return;
      } catch (InterruptException e) {
        throw e;
      } catch (TimeoutException e) {
        waitFor("the transaction coordinator", e);
      }
    }
  }

  /**
   * Whether one of the offsets carries the commit id. The partitions that are still this instance's
   * can have been committed by nobody since; for the others it does not matter.
   */
  private boolean isCommitted(Set<TopicPartition> offsets, long commitId) {
    if (offsets.isEmpty()) {
      return false;
    }
    while (true) {
      try {
        return consumer.committed(offsets, ASK).entrySet().stream()
            .filter(entry -> entry.getValue() != null)
            .map(entry ->
                StartedOffsets.parse(entry.getValue().offset(), entry.getValue().metadata()))
            .anyMatch(state -> state.commitId() == commitId);
      } catch (InterruptException e) {
        throw e;
      } catch (WakeupException e) {
        LOG.debug("To stop, but first it must be known what was committed", e);
      } catch (TimeoutException e) {
        waitFor("the committed offsets", e);
      }
    }
  }

  private static boolean isTimeout(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof TimeoutException) {
        return true;
      }
    }
    return false;
  }

  private void waitFor(String what, RuntimeException e) {
    trouble = "the brokers do not answer: " + what + " is waited for";
    if (givingUp.getAsBoolean()) {
      throw new SenderFailure(trouble + ", but the sender is to stop", e);
    }
    LOG.warn("{}: {}", trouble, e.getMessage());
  }

  /** What keeps it from committing, for people; empty: nothing. */
  String trouble() {
    return trouble;
  }

  /** Lets the producer go without a word to the brokers. */
  void abandon() {
    producer.close(Duration.ZERO);
  }

  @Override
  public void close() {
    producer.close(CLOSE);
  }
}

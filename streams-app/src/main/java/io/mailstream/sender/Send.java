package io.mailstream.sender;

import io.mailstream.v1.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** One record of a dispatch topic on its way through this instance. */
final class Send extends Tracked {

  /** Where it is between the commit that starts it and its end. */
  enum Stage {
    /** Not called; may still be taken back. */
    READY,
    /** The ESP may have been called. */
    CALLING,
    /** Taken back: it must not be called. */
    WITHDRAWN
  }

  private final OwnedPartition partition;
  private final ConsumerRecord<byte[], byte[]> source;
  private final long polledAt;
  private Headers headers;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.READY);
  private Delivery delivery;
  private String address;
  private Optional<String> note = Optional.empty();
  private AccountGate account;
  private volatile long committedAt;
  private long firstCommittedAt;
  private final AtomicBoolean planned = new AtomicBoolean();
  private Outcome outcome;
  private ProducerRecord<byte[], byte[]> outgoing;

  /** A record that was polled now; {@code nanos} of any clock. */
  Send(OwnedPartition partition, ConsumerRecord<byte[], byte[]> source, long nanos) {
    super(source.offset());
    this.partition = partition;
    this.source = source;
    this.polledAt = nanos;
    this.headers = source.headers();
  }

  OwnedPartition partition() {
    return partition;
  }

  ConsumerRecord<byte[], byte[]> source() {
    return source;
  }

  /** What it came with; once it is called, with the call as the step of the trace. */
  Headers headers() {
    return headers;
  }

  /** It is called, as a step of its trace. */
  void traced(Headers withTheCall) {
    headers = withTheCall;
  }

  /** When it was polled, in nanoseconds. */
  long polledAt() {
    return polledAt;
  }

  /** How much of the buffer it takes. */
  int bytes() {
    return Math.max(0, source.serializedValueSize());
  }

  /** What is to be sent; null: not read yet. */
  Delivery delivery() {
    return delivery;
  }

  /** What was read, and the account that it is to go through; null: there is none of its name. */
  void read(Delivery read, AccountGate through) {
    delivery = read;
    account = through;
    address = new String(source.key(), StandardCharsets.UTF_8);
  }

  /** The recipient's key. */
  String address() {
    return address;
  }

  /** What the result is to say of the recipient, where the mail is sent. */
  Optional<String> note() {
    return note;
  }

  void note(Optional<String> found) {
    note = found;
  }

  /** The account that it goes through; null: it is not read, or its account is not known. */
  AccountGate account() {
    return account;
  }

  /** Takes its place in the account's pace and concurrency. */
  void plan() {
    if (planned.compareAndSet(false, true)) {
      account.planned();
    }
  }

  /** Gives its place in the account's pace and concurrency back, where it has one. */
  void unplan() {
    if (planned.compareAndSet(true, false)) {
      account.unplanned();
    }
  }

  /** It is ready to be called: a commit has said so. {@code now} in nanoseconds. */
  void committed(long now) {
    if (firstCommittedAt == 0) {
      firstCommittedAt = now;
    }
    committedAt = now;
  }

  /** When the last commit said that it is started, in nanoseconds. */
  long committedAt() {
    return committedAt;
  }

  /** When the first commit said that it is started, in nanoseconds; 0: none has. */
  long firstCommittedAt() {
    return firstCommittedAt;
  }

  /** From one stage to the next; false: somebody else was first. */
  boolean move(Stage from, Stage to) {
    return stage.compareAndSet(from, to);
  }

  /** How it ended; null: it has not. */
  Outcome outcome() {
    return outcome;
  }

  /** The record that tells of the outcome; null: none is to be written. */
  ProducerRecord<byte[], byte[]> outgoing() {
    return outgoing;
  }

  void ended(Outcome how, ProducerRecord<byte[], byte[]> record) {
    outcome = how;
    outgoing = record;
  }
}

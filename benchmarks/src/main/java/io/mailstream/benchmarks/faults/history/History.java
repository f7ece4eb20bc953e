package io.mailstream.benchmarks.faults.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that is known of a run: what was accepted, what came of it, what the ESP saw, what hurt. All
 * times are milliseconds since the epoch by one clock. Safe for use by several threads; entries of
 * one kind keep the order in which they were added, so those of one partition are to be added in
 * theirs.
 */
public final class History {

  private final List<Accepted> accepted = new ArrayList<>();
  private final List<Ended> ended = new ArrayList<>();
  private final List<Dispatched> dispatched = new ArrayList<>();
  private final List<HandedBack> handedBack = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();
  private final List<Suppressed> suppressed = new ArrayList<>();
  private final Set<Id> held = new HashSet<>();
  private final Map<String, Limit> streamLimits = new HashMap<>();
  private final Map<String, Limit> accountLimits = new HashMap<>();
  private final Map<Loss, Integer> losses = new EnumMap<>(Loss.class);

  /**
   * A request's record.
   *
   * @param urgent whether it is of the transactional lane
   * @param partition its partition
   * @param offset its offset
   */
  public record Origin(boolean urgent, int partition, long offset) {}

  /**
   * One recipient of a request that Kafka acknowledged.
   *
   * @param delivery what the ESP will be told
   * @param valid whether the request is; if not, it is to be rejected
   * @param resends whether an uncertain send of it is to be repeated
   * @param evidence whether the ESP reports on its mail, and that is waited for
   */
  public record Accepted(
      Origin origin, Id recipient, Id delivery, boolean valid, boolean resends, boolean evidence) {}

  /** How a recipient of a request ended, as results say it. */
  public enum Status {
    SENT,
    REJECTED,
    DUPLICATE,
    FAILED,
    UNCERTAIN,
    EXPIRED,
    OTHER
  }

  /**
   * A result.
   *
   * @param delivery {@link Id#NONE} where it names none
   * @param dispatchedAt 0 where it was never dispatched
   */
  public record Ended(
      Origin origin,
      Id recipient,
      Id delivery,
      Status status,
      int attempts,
      long acceptedAt,
      long dispatchedAt,
      long completedAt) {}

  /**
   * A delivery that the topology gave to the sender.
   *
   * @param scope the tenant and stream whose limit it counts for
   * @param at when its limits let it pass
   */
  public record Dispatched(Id delivery, Id recipient, String scope, int attempt, long at) {}

  /** Why a delivery came back from the sender. */
  public enum Why {
    /** Whoever started it was gone before it was known what became of it. */
    LEFT_UNCERTAIN,
    /** Its call ended without a word on what became of it. */
    CALL_UNCERTAIN,
    /** The ESP did not take it. */
    RETRY,
    /** It was not tried. */
    NOT_TRIED;

    /** Whether it may have been sent. */
    public boolean isUncertain() {
      return this == LEFT_UNCERTAIN || this == CALL_UNCERTAIN;
    }
  }

  /** A delivery that the sender gave back. */
  public record HandedBack(Id delivery, int attempt, Why why, long at) {}

  /**
   * A mail that the ESP took.
   *
   * @param account the account it was sent by
   * @param startedAt when its call was started, at the earliest
   * @param receivedAt when the ESP had it
   * @param answered whether the ESP said so
   */
  public record Sent(
      Id delivery,
      Id recipient,
      String account,
      long startedAt,
      long receivedAt,
      boolean answered) {}

  /**
   * An address that gets no mail from here on.
   *
   * @param decidedAt when the topology recorded it, by its clock
   * @param committedBy when its commit was over, at the latest
   */
  public record Suppressed(Id recipient, long decidedAt, long committedBy) {}

  /**
   * A limit.
   *
   * @param perSecond how many a second
   * @param burst how many at once
   */
  public record Limit(double perSecond, double burst) {}

  /** What may leave sends behind that nobody knows the end of. */
  public enum Loss {
    SENDER_KILLED,
    SENDER_PAUSED,
    BROKER_KILLED
  }

  /** Adds what was accepted. */
  public synchronized void add(Accepted entry) {
    accepted.add(entry);
  }

  /** Adds a result. */
  public synchronized void add(Ended entry) {
    ended.add(entry);
  }

  /** Adds a dispatch. */
  public synchronized void add(Dispatched entry) {
    dispatched.add(entry);
  }

  /** Adds what came back. */
  public synchronized void add(HandedBack entry) {
    handedBack.add(entry);
  }

  /** Adds a send. */
  public synchronized void add(Sent entry) {
    sent.add(entry);
  }

  /** Adds a suppression. */
  public synchronized void add(Suppressed entry) {
    suppressed.add(entry);
  }

  /** Adds a delivery that the pipeline says it holds, at the end. */
  public synchronized void addHeld(Id delivery) {
    held.add(delivery);
  }

  /** Deliveries that are held at the end. */
  public synchronized Set<Id> held() {
    return Collections.unmodifiableSet(held);
  }

  /** Adds something that may have left sends behind. */
  public synchronized void add(Loss loss) {
    losses.merge(loss, 1, Integer::sum);
  }

  /** Sets the limit of a stream, counted at dispatch. */
  public synchronized void limitStream(String scope, Limit limit) {
    streamLimits.put(scope, limit);
  }

  /** Sets the limit of an account, counted at the ESP. */
  public synchronized void limitAccount(String account, Limit limit) {
    accountLimits.put(account, limit);
  }

  /** What was accepted. */
  public synchronized List<Accepted> accepted() {
    return Collections.unmodifiableList(accepted);
  }

  /** The results. */
  public synchronized List<Ended> ended() {
    return Collections.unmodifiableList(ended);
  }

  /** What was dispatched. */
  public synchronized List<Dispatched> dispatched() {
    return Collections.unmodifiableList(dispatched);
  }

  /** What came back. */
  public synchronized List<HandedBack> handedBack() {
    return Collections.unmodifiableList(handedBack);
  }

  /** What the ESP took. */
  public synchronized List<Sent> sent() {
    return Collections.unmodifiableList(sent);
  }

  /** What was suppressed. */
  public synchronized List<Suppressed> suppressed() {
    return Collections.unmodifiableList(suppressed);
  }

  /** Limits of streams. */
  public synchronized Map<String, Limit> streamLimits() {
    return Map.copyOf(streamLimits);
  }

  /** Limits of accounts. */
  public synchronized Map<String, Limit> accountLimits() {
    return Map.copyOf(accountLimits);
  }

  /** How often something may have left sends behind. */
  public synchronized int count(Loss loss) {
    return losses.getOrDefault(loss, 0);
  }
}

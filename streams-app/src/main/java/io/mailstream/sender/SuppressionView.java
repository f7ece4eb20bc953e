package io.mailstream.sender;

import io.mailstream.schemas.RecipientHash;
import io.mailstream.streams.suppress.SuppressionDecision;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Suppression;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What has been read of one partition of the suppressions since a point in time: only what the
 * topology may not have known when it dispatched. One thread writes, many read.
 */
final class SuppressionView {

  private static final long NEVER = Long.MIN_VALUE;

  private final RecipientHash hash;

  /** By what stands for the address in the topic. */
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private volatile long completeAt = NEVER;

  SuppressionView(RecipientHash hash) {
    this.hash = hash;
  }

  /**
   * The last word on an address.
   *
   * @param suppression null: it could not be read
   * @param timestamp of its record, in milliseconds
   */
  private record Known(Suppression suppression, long timestamp) {}

  /** What the view says of a delivery. */
  sealed interface Answer {
    /** Nothing keeps it. */
    record Clear() implements Answer {}

    /** A suppression keeps it; the detail is for people. */
    record Suppressed(String detail) implements Answer {}

    /** What there is on its address could not be read: nobody can say. */
    record Unreadable() implements Answer {}
  }

  private static final Answer CLEAR = new Answer.Clear();
  private static final Answer UNREADABLE = new Answer.Unreadable();

  /** A record was read; a suppression without entries lifts what was known. */
  void put(String address, Suppression suppression, long timestamp) {
    if (suppression.getEntries().isEmpty()) {
      known.remove(address);
    } else {
      known.put(address, new Known(suppression, timestamp));
    }
  }

  /** The address is no longer on record. */
  void remove(String address) {
    known.remove(address);
  }

  /** A record could not be read: until the next one, nobody can say whether mail may go there. */
  void putUnreadable(String address, long timestamp) {
    known.put(address, new Known(null, timestamp));
  }

  /** Everything that was committed by a point in time, in nanoseconds, has been read. */
  void completeAt(long nanos) {
    completeAt = nanos;
  }

  /** It must be read anew: nothing can be said of any address. */
  void incomplete() {
    completeAt = NEVER;
  }

  /** Whether all that was committed more than some nanoseconds ago has been read. */
  boolean isFresh(long nanos, long maxAge) {
    long then = completeAt;
    return then != NEVER && nanos - then <= maxAge;
  }

  /** Forgets what the topology knew at every dispatch that is still unfinished. */
  void forgetBefore(long timestamp) {
    known.values().removeIf(entry -> entry.timestamp < timestamp);
  }

  /** How many addresses it holds. */
  int size() {
    return known.size();
  }

  /** Whether a delivery may go, by what has been read; {@code now} in milliseconds. */
  Answer look(String address, Delivery delivery, long now) {
    Known entry = find(address);
    if (entry == null) {
      return CLEAR;
    }
    if (entry.suppression == null) {
      return UNREADABLE;
    }
    return SuppressionDecision.find(
            entry.suppression, delivery.getTenant(), delivery.getStream(), now)
        .<Answer>map(reason ->
            new Answer.Suppressed(
                "the recipient was suppressed (%s, source %s) after the mail was dispatched"
                    .formatted(reason.getReason(), reason.getSourceEventId())))
        .orElse(CLEAR);
  }

  /** What is known of a clear address. Nearly always nothing is known of any. */
  private Known find(String address) {
    if (known.isEmpty()) {
      return null;
    }
    for (String key : hash.candidates(address)) {
      Known entry = known.get(key);
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }
}

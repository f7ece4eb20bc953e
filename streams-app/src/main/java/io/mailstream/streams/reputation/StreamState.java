package io.mailstream.streams.reputation;

import io.mailstream.policy.ReputationRule;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * What one partition knows of one stream and decides about it. It is told the time, in milliseconds
 * since the epoch.
 */
final class StreamState {

  private static final byte VERSION = 1;

  /** How long is looked back where no rule says. */
  private static final Duration DEFAULT_WINDOW = Duration.ofHours(1);

  private final Activity activity;
  private Optional<Pause> pause;

  /** What was counted before is forgiven: a pause has ended since. */
  private long countFrom;

  /** When the last order that was followed was given. */
  private long obeyed;

  private StreamState(Activity activity, Optional<Pause> pause, long countFrom, long obeyed) {
    this.activity = activity;
    this.pause = pause;
    this.countFrom = countFrom;
    this.obeyed = obeyed;
  }

  static StreamState fresh() {
    return new StreamState(new Activity(), Optional.empty(), 0, 0);
  }

  Activity activity() {
    return activity;
  }

  Optional<Pause> pause() {
    return pause;
  }

  void count(Tally more, Optional<ReputationRule> rule, long now) {
    activity.add(more, window(rule), now);
  }

  /** Whether it says nothing that a new one would not say. */
  boolean isIdle() {
    return activity.isEmpty() && pause.isEmpty() && countFrom == 0 && obeyed == 0;
  }

  /**
   * Decides anew.
   *
   * @param rule when the guard pauses it; empty: only people do
   * @param order the last word of people on it
   * @return whether its pause has begun, changed or ended
   */
  boolean decide(
      StreamId id,
      int partition,
      Optional<ReputationRule> rule,
      Optional<StreamReports.Order> order,
      StreamReports reports,
      long now) {
    Optional<Pause> before = pause;
    activity.forget(window(rule), now);
    countFrom = countFrom < now - window(rule).toMillis() ? 0 : countFrom;
    order.filter(given -> given.issuedAt() > obeyed).ifPresent(given -> obey(given, now));
    if (pause.isPresent() && pause.get().until() <= now) {
      countFrom = pause.get().until();
      pause = Optional.empty();
    }
    if (pause.isEmpty()) {
      pause =
          reports
              .pausedElsewhere(id, partition, now)
              .filter(other -> other.since() > countFrom && other.until() > now)
              .or(() -> rule.flatMap(set -> judge(id, partition, set, reports, now)));
    }
    return !pause.equals(before);
  }

  private void obey(StreamReports.Order order, long now) {
    obeyed = order.issuedAt();
    if (order.pause()) {
      if (order.until() > now) {
        pause =
            Optional.of(
                new Pause(order.issuedAt(), order.until(), order.detail(), order.issuedBy()));
      }
    } else if (pause.isEmpty() || pause.get().since() <= order.issuedAt()) {
      // Others may still say that they are paused: not since this.
      countFrom = Math.max(countFrom, order.issuedAt());
      pause = Optional.empty();
    }
  }

  private Optional<Pause> judge(
      StreamId id, int partition, ReputationRule rule, StreamReports reports, long now) {
    long since = Math.max(now - rule.window().toMillis(), countFrom);
    Tally all = activity.since(since).plus(reports.elsewhere(id, partition, since));
    return all.judge(rule)
        .map(why ->
            new Pause(
                now,
                rule.pause().map(length -> now + length.toMillis()).orElse(Long.MAX_VALUE),
                why,
                Optional.empty()));
  }

  /** The counts of the window that ends now, over all partitions. */
  Tally tally(
      StreamId id, int partition, Optional<ReputationRule> rule, StreamReports reports, long now) {
    long since = now - window(rule).toMillis();
    return activity.since(since).plus(reports.elsewhere(id, partition, since));
  }

  private static Duration window(Optional<ReputationRule> rule) {
    return rule.map(ReputationRule::window).orElse(DEFAULT_WINDOW);
  }

  byte[] encode() {
    byte[] held = pause.map(Pause::encode).orElse(new byte[0]);
    ByteBuffer out =
        ByteBuffer.allocate(1 + 2 * Long.BYTES + activity.bytes() + 1 + held.length)
            .put(VERSION)
            .putLong(countFrom)
            .putLong(obeyed);
    activity.write(out);
    return out.put((byte) (pause.isPresent() ? 1 : 0)).put(held).array();
  }

  /**
   * A state as it was left.
   *
   * @throws IllegalStateException if this release did not write it
   */
  static StreamState decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte version = in.get();
    if (version != VERSION) {
      throw new IllegalStateException(
          "the state of a stream has version %d, this release reads %d"
              .formatted(version, VERSION));
    }
    long countFrom = in.getLong();
    long obeyed = in.getLong();
    Activity activity = Activity.read(in);
    return new StreamState(
        activity,
        in.get() == 1 ? Optional.of(Pause.read(in)) : Optional.empty(),
        countFrom,
        obeyed);
  }
}

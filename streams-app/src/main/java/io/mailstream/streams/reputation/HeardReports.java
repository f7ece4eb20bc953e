package io.mailstream.streams.reputation;

import io.mailstream.v1.ActivityBucket;
import io.mailstream.v1.StreamActivity;
import io.mailstream.v1.StreamPause;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Reports put together from what the partitions said last. */
public abstract class HeardReports implements StreamReports {

  /** What partitions said last of a stream. */
  protected abstract Collection<StreamActivity> of(StreamId stream);

  @Override
  public Tally elsewhere(StreamId stream, int partition, long since) {
    return of(stream).stream()
        .filter(activity -> activity.getPartition() != partition)
        .flatMap(activity -> activity.getBuckets().stream())
        .filter(bucket -> bucket.getStart().toEpochMilli() >= since)
        .map(HeardReports::tally)
        .reduce(Tally.NONE, Tally::plus);
  }

  @Override
  public Optional<Pause> pausedElsewhere(StreamId stream, int partition, long now) {
    return of(stream).stream()
        .filter(activity -> activity.getPartition() != partition)
        .flatMap(activity -> pause(activity).stream())
        .filter(pause -> pause.until() > now)
        .max(Comparator.comparingLong(Pause::since));
  }

  @Override
  public Collection<StreamId> paused(long now) {
    return streams().stream()
        .filter(stream -> pausedElsewhere(stream, -1, now).isPresent())
        .toList();
  }

  /**
   * What is known of a stream over all partitions.
   *
   * @param window how far back is counted
   * @param now milliseconds since the epoch
   */
  public Status status(StreamId stream, Duration window, long now) {
    return new Status(
        elsewhere(stream, -1, now - window.toMillis()), pausedElsewhere(stream, -1, now));
  }

  /**
   * How a stream stands.
   *
   * @param tally the counts of the window
   * @param pause empty: its mail goes
   */
  public record Status(Tally tally, Optional<Pause> pause) {}

  private static Tally tally(ActivityBucket bucket) {
    return new Tally(bucket.getSent(), bucket.getBounced(), bucket.getComplained());
  }

  private static Optional<Pause> pause(StreamActivity activity) {
    StreamPause pause = activity.getPause();
    return pause == null
        ? Optional.empty()
        : Optional.of(
            new Pause(
                pause.getSince().toEpochMilli(),
                pause.getUntil() == null ? Long.MAX_VALUE : pause.getUntil().toEpochMilli(),
                pause.getDetail(),
                Optional.ofNullable(pause.getIssuedBy())));
  }
}

package io.mailstream.streams.reputation;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the other partitions say of the streams, and what people want of them. It may be late: each
 * partition decides by what it knows. Safe for many threads.
 */
public interface StreamReports {

  /** Nobody says anything. */
  StreamReports NONE =
      new StreamReports() {
        @Override
        public Tally elsewhere(StreamId stream, int partition, long since) {
          return Tally.NONE;
        }

        @Override
        public Optional<Pause> pausedElsewhere(StreamId stream, int partition, long now) {
          return Optional.empty();
        }

        @Override
        public Collection<StreamId> paused(long now) {
          return List.of();
        }

        @Override
        public Collection<StreamId> streams() {
          return List.of();
        }

        @Override
        public Collection<Order> orders() {
          return List.of();
        }
      };

  /** What all partitions but one have counted in spans that began at a time or later. */
  Tally elsewhere(StreamId stream, int partition, long since);

  /** The latest pause that any partition but one is in at this time; empty: none. */
  Optional<Pause> pausedElsewhere(StreamId stream, int partition, long now);

  /** The streams that any partition holds at this time. */
  Collection<StreamId> paused(long now);

  /** The streams that any partition says something of. */
  Collection<StreamId> streams();

  /** The last word of people on each stream that there is one on. */
  Collection<Order> orders();

  /**
   * What somebody wants of a stream.
   *
   * @param pause whether it is to be held; else it is to go on
   * @param until until when it is held; {@link Long#MAX_VALUE}: until it is resumed
   * @param issuedAt when it was asked for, in milliseconds
   * @param detail for people
   * @param issuedBy who asked for it; empty: not said
   */
  record Order(
      StreamId stream,
      boolean pause,
      long until,
      long issuedAt,
      String detail,
      Optional<String> issuedBy) {}
}

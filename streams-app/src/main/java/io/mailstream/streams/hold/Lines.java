package io.mailstream.streams.hold;

import io.mailstream.streams.throttle.Scope;
import io.mailstream.v1.Lane;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which flow waits at which scope: a line per scope and lane, the one that waits longest first. All
 * in memory: a flow changes lines without a touch of the store. A line is looked at when its scope
 * may have opened, so lines that cannot move cost nothing.
 */
final class Lines {

  private final Map<Key, Line> lines = new HashMap<>();
  private final Map<FlowQueue, Line> places = new HashMap<>();
  private final Map<Lane, TreeSet<Line>> byOpening = new EnumMap<>(Lane.class);
  private final Map<Lane, TreeMap<Long, FlowQueue>> byAge = new EnumMap<>(Lane.class);
  private long created;

  Lines() {
    for (Lane lane : Lane.values()) {
      byOpening.put(
          lane,
          new TreeSet<>(
              Comparator.<Line>comparingLong(line -> line.opensAt)
                  .thenComparingLong(line -> line.number)));
      byAge.put(lane, new TreeMap<>());
    }
  }

  /** Puts a flow, by the age of its head, into the line of a scope that may open at a time. */
  void add(FlowQueue queue, Scope scope, long opensAt) {
    Line line =
        lines.computeIfAbsent(
            new Key(scope, queue.lane()), key -> new Line(key, created++, Long.MAX_VALUE));
    line.waiting.put(queue.head(), queue);
    places.put(queue, line);
    byAge.get(queue.lane()).put(queue.head(), queue);
    setOpening(line, Math.min(opensAt, line.opensAt));
  }

  /** Takes a flow out of its line; call it before the flow's head changes. */
  Scope remove(FlowQueue queue) {
    Line line = places.remove(queue);
    line.waiting.remove(queue.head());
    byAge.get(queue.lane()).remove(queue.head());
    if (line.waiting.isEmpty()) {
      lines.remove(line.key);
      byOpening.get(queue.lane()).remove(line);
    }
    return line.key.scope();
  }

  /** The age of the first in a line; empty: nobody waits there. */
  OptionalLong first(Scope scope, Lane lane) {
    Line line = lines.get(new Key(scope, lane));
    return line == null ? OptionalLong.empty() : OptionalLong.of(line.waiting.firstKey());
  }

  /** Who waits at a scope now, the one that waits longest first. */
  List<FlowQueue> waitingAt(Scope scope, Lane lane) {
    Line line = lines.get(new Key(scope, lane));
    return line == null ? List.of() : List.copyOf(line.waiting.values());
  }

  /** The line that may have opened longest ago; empty: none has. */
  Optional<Line> nextOpen(Lane lane, long now) {
    TreeSet<Line> ordered = byOpening.get(lane);
    return ordered.isEmpty() || ordered.first().opensAt > now
        ? Optional.empty()
        : Optional.of(ordered.first());
  }

  /** Says when a line's scope may open next. */
  void setOpening(Line line, long opensAt) {
    TreeSet<Line> ordered = byOpening.get(line.key.lane());
    ordered.remove(line);
    line.opensAt = opensAt;
    ordered.add(line);
  }

  /** Looks at every line again: their times may no longer hold. */
  void openAll(long now) {
    lines.values().forEach(line -> setOpening(line, Math.min(now, line.opensAt)));
  }

  /** When the flow that waits longest began to; empty: none waits. */
  OptionalLong oldest(Lane lane) {
    TreeMap<Long, FlowQueue> ages = byAge.get(lane);
    return ages.isEmpty() ? OptionalLong.empty() : OptionalLong.of(ages.firstKey());
  }

  private record Key(Scope scope, Lane lane) {}

  /** The flows that wait at one scope. */
  static final class Line {
    private final Key key;
    private final long number;
    private final TreeMap<Long, FlowQueue> waiting = new TreeMap<>();
    private long opensAt;

    private Line(Key key, long number, long opensAt) {
      this.key = key;
      this.number = number;
      this.opensAt = opensAt;
    }

    Scope scope() {
      return key.scope();
    }

    boolean isEmpty() {
      return waiting.isEmpty();
    }

    FlowQueue first() {
      return waiting.firstEntry().getValue();
    }
  }
}

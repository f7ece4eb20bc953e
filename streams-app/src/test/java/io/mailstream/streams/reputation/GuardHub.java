package io.mailstream.streams.reputation;

import io.mailstream.policy.Policies;
import io.mailstream.v1.StreamActivity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Guards of several partitions that hear of each other, a tick late. */
final class GuardHub {

  private static final long TICK = 1_000;

  private final Policies policies;
  private final List<Partition> partitions = new ArrayList<>();
  private final Map<StreamId, StreamReports.Order> orders = new HashMap<>();
  private Map<String, StreamActivity> heard = new TreeMap<>();
  private long now;

  GuardHub(Policies policies, long start) {
    this.policies = policies;
    this.now = start;
  }

  Partition partition(int number) {
    Partition partition = new Partition(number);
    partitions.add(partition);
    return partition;
  }

  void restart(Partition partition) {
    partition.guard = new StreamGuard(policies, partition.number, new Reports(), partition);
  }

  void order(StreamId stream, boolean pause, long until) {
    orders.put(
        stream, new StreamReports.Order(stream, pause, until, now, "by hand", Optional.of("ops")));
  }

  void ticks(int count) {
    for (int i = 0; i < count; i++) {
      now += TICK;
      partitions.forEach(partition -> partition.guard.tick(now));
      heard = new TreeMap<>();
      partitions.forEach(partition -> heard.putAll(partition.said));
    }
  }

  void advance(Duration by) {
    for (long end = now + by.toMillis(); now < end; ) {
      now += Math.min(end - now, Duration.ofMinutes(1).toMillis());
      ticks(1);
    }
  }

  /** One partition's guard, and what it did. */
  final class Partition implements StreamGuard.Surroundings {
    private final int number;
    private final Map<StreamId, byte[]> kept = new HashMap<>();
    private final Map<StreamId, Long> closed = new HashMap<>();
    private final Map<String, StreamActivity> said = new TreeMap<>();
    private StreamGuard guard;

    private Partition(int number) {
      this.number = number;
      this.guard = new StreamGuard(policies, number, new Reports(), this);
    }

    StreamGuard guard() {
      return guard;
    }

    Map<StreamId, Long> closed() {
      return closed;
    }

    Map<StreamId, byte[]> kept() {
      return kept;
    }

    Map<String, StreamActivity> said() {
      return said;
    }

    StreamActivity said(StreamId id) {
      return said.get(id.tenant() + "/" + id.stream() + "/" + number);
    }

    @Override
    public Map<StreamId, byte[]> states() {
      return kept;
    }

    @Override
    public void keep(StreamId stream, byte[] state) {
      if (state == null) {
        kept.remove(stream);
      } else {
        kept.put(stream, state);
      }
    }

    @Override
    public void close(StreamId stream, long until, long at) {
      closed.put(stream, until);
    }

    @Override
    public void open(StreamId stream, long at) {
      closed.remove(stream);
    }

    @Override
    public void say(String key, StreamActivity activity, long at) {
      if (activity == null) {
        said.remove(key);
      } else {
        said.put(key, activity);
      }
    }
  }

  private static StreamId id(StreamActivity activity) {
    return new StreamId(activity.getTenant(), activity.getStream());
  }

  /** What was said up to the last tick. */
  private final class Reports extends HeardReports {
    @Override
    protected Collection<StreamActivity> of(StreamId stream) {
      return heard.values().stream().filter(activity -> id(activity).equals(stream)).toList();
    }

    @Override
    public Collection<StreamId> streams() {
      return heard.values().stream().map(GuardHub::id).distinct().toList();
    }

    @Override
    public Collection<Order> orders() {
      return orders.values();
    }
  }
}

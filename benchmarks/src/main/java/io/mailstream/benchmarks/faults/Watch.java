package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.Cluster.Hanging;
import io.mailstream.benchmarks.faults.Cluster.WentBack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks at the broker during a run for what it does wrong itself: transactions without an end,
 * which are ended as the runbook says, and committed offsets that go back. Both are counted and
 * told, and excuse nothing: what they cost is in the history.
 */
final class Watch implements AutoCloseable {

  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final int HANGING_EACH = 3;

  /** Well above every transaction timeout of the run, and the coordinator's own look. */
  private static final Duration OPEN_TOO_LONG = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final List<String> groups;
  private final Consumer<String> say;
  private final Map<String, Map<TopicPartition, Long>> committed = new HashMap<>();

  /** Since when each has looked as if it hung, unchanged. */
  private final Map<Hanging, Long> suspects = new HashMap<>();

  private final List<Hanging> hanging = new ArrayList<>();
  private final List<WentBack> wentBack = new ArrayList<>();
  private final Thread thread;

  Watch(Cluster cluster, List<String> groups, Consumer<String> say) {
    this.cluster = cluster;
    this.groups = groups;
    this.say = say;
    this.thread = Thread.ofVirtual().name("broker-watch").start(this::run);
  }

  private void run() {
    try {
      for (int look = 1; ; look++) {
        TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        try {
          for (String group : groups) {
            compare(group, cluster.committed(group));
          }
          if (look % HANGING_EACH == 0) {
            endHanging();
          }
        } catch (ExecutionException | TimeoutException e) {
          // The broker is away: the next look.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void compare(String group, Map<TopicPartition, Long> now) {
    Map<TopicPartition, Long> before = committed.computeIfAbsent(group, any -> new HashMap<>());
    now.forEach((id, offset) -> {
      Long last = before.put(id, offset);
      if (last != null && last > offset) {
        WentBack back = new WentBack(group, id, last, offset);
        wentBack.add(back);
        say.accept("the broker forgot what was committed: " + back);
      }
    });
  }

  private void endHanging() throws ExecutionException, InterruptedException, TimeoutException {
    List<Hanging> open = cluster.hanging();
    suspects.keySet().retainAll(open);
    long now = System.nanoTime();
    for (Hanging each : open) {
      Long since = suspects.putIfAbsent(each, now);
      if (since != null && now - since > OPEN_TOO_LONG.toNanos()) {
        say.accept("a transaction without an end is aborted: " + each);
        cluster.abort(each);
        suspects.remove(each);
        synchronized (this) {
          hanging.add(each);
        }
      }
    }
  }

  /** Transactions that had to be ended by hand. */
  synchronized List<Hanging> hanging() {
    return List.copyOf(hanging);
  }

  /** Committed offsets that went back. */
  synchronized List<WentBack> wentBack() {
    return List.copyOf(wentBack);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cluster.close();
  }
}

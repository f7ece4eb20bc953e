package io.mailstream.sender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promises 1 to 3 over the whole pipeline, in five random histories: requests of both lanes are
 * produced while the sender dies at every point between two of its steps, the process of the
 * topology is killed and restarted, transactions fail, and the simulator fails and cuts
 * connections.
 *
 * <p>The histories run side by side, each with topics, topology, sender and simulator of its own;
 * only the broker and the process of the topologies are shared. One history is repeated by {@code
 * -Dmailstream.seed=N}.
 */
class PipelineUnderCrashesIT {

  private static final long DEADLINE_SECONDS = 180;

  @TempDir Path directory;

  private final List<CrashWorld> worlds = new ArrayList<>();

  private static List<Long> seeds() {
    Long only = Long.getLong("mailstream.seed");
    return only == null ? List.of(1L, 2L, 3L, 4L, 5L) : List.of(only);
  }

  @Test
  void noRequestIsLostAndNoneIsSentTwiceUnlabelled() throws IOException, InterruptedException {
    for (long seed : seeds()) {
      worlds.add(new CrashWorld(Files.createDirectory(directory.resolve("seed-" + seed)), seed));
    }
    try (TopologyChild topologies =
        new TopologyChild(directory, worlds.stream().map(CrashWorld::topologySettings).toList())) {
      topologies.start();
      CyclicBarrier middle =
          new CyclicBarrier(
              worlds.size(),
              () -> {
                topologies.kill();
                topologies.start();
              });
      List<Callable<Void>> histories = new ArrayList<>();
      for (CrashWorld world : worlds) {
        histories.add(() -> {
          try {
            new CrashHistory(world, topologies, () -> await(middle)).run();
          } finally {
            middle.reset();
          }
          return null;
        });
      }
      runAll(histories);
    } finally {
      worlds.forEach(CrashWorld::close);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (BrokenBarrierException e) {
      throw new IllegalStateException("another history has failed before its middle", e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void runAll(List<Callable<Void>> histories) throws InterruptedException {
    SoftAssertions failures = new SoftAssertions();
    try (ExecutorService executor = Executors.newFixedThreadPool(histories.size())) {
      List<Future<Void>> ends = executor.invokeAll(histories);
      for (int i = 0; i < ends.size(); i++) {
        try {
          ends.get(i).get();
        } catch (ExecutionException e) {
          failures.collectAssertionError(
              new AssertionError(
                  "to repeat it: -Dmailstream.seed=%d%n%s"
                      .formatted(worlds.get(i).seed(), e.getCause()),
                  e.getCause()));
        }
      }
    }
    failures.assertAll();
  }
}

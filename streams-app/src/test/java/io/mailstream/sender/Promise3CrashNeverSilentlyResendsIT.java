package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.Checkpoints.Point;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * The loop dies at every point between two of its steps, in another order for each seed, and a
 * successor goes on, under the same transactional id or another.
 */
class Promise3CrashNeverSilentlyResendsIT {

  private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
  private static final int OPEN_SENDS = 20;
  private static final Map<String, String> SETTINGS =
      Map.of(
          SenderConfig.OPEN_SENDS, String.valueOf(OPEN_SENDS), SenderConfig.PURGE_INTERVAL, "100");

  @Test
  void whereverItDiesEveryDeliveryEndsOnceAndNoneIsCalledTwice() throws Exception {
    try (ExecutorService seeds = Executors.newFixedThreadPool(SEEDS.size())) {
      List<Future<?>> histories = new ArrayList<>();
      for (long seed : SEEDS) {
        histories.add(
            seeds.submit(() -> {
              history(seed);
              return null;
            }));
      }
      for (Future<?> history : histories) {
        history.get();
      }
    }
  }

  private static void history(long seed) {
    Random random = new Random(seed);
    List<Point> points = new ArrayList<>(Arrays.asList(Point.values()));
    Collections.shuffle(points, random);
    try (SenderRig rig = new SenderRig(Duration.ofSeconds(1))) {
      rig.provider.answers(delivery -> {
        LockSupport.parkNanos(Math.floorMod(delivery.getDeliveryId().hashCode(), 4_000_000));
        return new SendOutcome.Accepted("m-" + delivery.getDeliveryId());
      });
      List<Delivery> dispatched = new ArrayList<>();
      for (Point point : points) {
        Crash crash = new Crash(point, 1 + random.nextInt(3));
        rig.start(instance(random), crash, SETTINGS);
        for (int rounds = 0; !crash.hasHappened(); rounds++) {
          assertThat(rounds).as("seed %d does not come to %s", seed, point).isLessThan(300);
          dispatched.addAll(rig.dispatch(1 + random.nextInt(4)));
          crash.await(Duration.ofMillis(300));
        }
      }
      rig.start("healthy", Checkpoints.NONE, SETTINGS);
      SenderRig.await(
          "seed %d: an end of each of %d".formatted(seed, dispatched.size()),
          Duration.ofSeconds(90),
          () -> ends(rig).size() >= dispatched.size());

      verify(rig, seed, dispatched, points.size());
    }
  }

  private static String instance(Random random) {
    return random.nextBoolean() ? "same" : "other-" + random.nextInt(1_000);
  }

  private static Map<String, List<String>> ends(SenderRig rig) {
    Map<String, List<String>> ends = new HashMap<>();
    for (SendResult result : rig.read(rig.topics.results(), SendResult.class)) {
      ends.computeIfAbsent(result.getDeliveryId(), id -> new ArrayList<>())
          .add(result.getStatus().name());
    }
    for (Deferral deferral : rig.read(rig.topics.deferrals(), Deferral.class)) {
      ends.computeIfAbsent(deferral.getDelivery().getDeliveryId(), id -> new ArrayList<>())
          .add(deferral.getReason().name());
    }
    return ends;
  }

  private static void verify(SenderRig rig, long seed, List<Delivery> dispatched, int crashes) {
    Map<String, List<String>> ends = ends(rig);
    int uncertain = 0;
    for (Delivery delivery : dispatched) {
      String id = delivery.getDeliveryId();
      int calls = rig.provider.calls(id);
      List<String> end = ends.get(id);
      String what = "seed %d, %s: %d calls, ends %s".formatted(seed, id, calls, end);
      assertThat(end).as(what).hasSize(1);
      assertThat(calls).as(what).isLessThanOrEqualTo(1);
      if (end.contains("SENT")) {
        assertThat(calls).as(what).isEqualTo(1);
      } else if (end.contains(DeferralReason.UNCERTAIN.name())) {
        uncertain++;
      } else {
        assertThat(end).as(what).containsExactly(DeferralReason.NOT_STARTED.name());
        assertThat(calls).as(what).isZero();
      }
    }
    assertThat(ends).as("seed %d: an end of something else", seed).hasSize(dispatched.size());
    assertThat(uncertain)
        .as("seed %d: the bound on open sends bounds what a crash leaves uncertain", seed)
        .isLessThanOrEqualTo(crashes * OPEN_SENDS);
  }
}

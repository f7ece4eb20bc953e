package io.mailstream.streams.hold;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A limit is a limit, whatever happens: over every window no scope has more than its rate and
 * burst, what is over it is held and leaves in order, nothing is lost, everything ends once: over
 * random histories. A failure names its seed; {@code -Dmailstream.history.seed=…} replays it.
 */
class Promise5LimitsTest {

  private static final int STEPS = 1200;
  private static final int FIXED_SEEDS = 12;
  private static final int RANDOM_SEEDS = 4;

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void every_promise_of_the_hold_queue_holds_in_a_random_history(long seed) {
    int step = 0;
    try {
      History history = new History(seed);
      for (; step < STEPS; step++) {
        history.step();
      }
      history.drain();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed %d, step %d (replay with -Dmailstream.history.seed=%d): %s"
              .formatted(seed, step, seed, e.getMessage()),
          e);
    }
  }

  static List<Long> seeds() {
    Optional<Long> replayed =
        Optional.ofNullable(System.getProperty("mailstream.history.seed")).map(Long::valueOf);
    Random random = new Random();
    return replayed
        .map(List::of)
        .orElseGet(() ->
            LongStream.concat(
                    LongStream.range(0, FIXED_SEEDS), random.longs(RANDOM_SEEDS, 0, 1L << 40))
                .boxed()
                .toList());
  }
}

package io.mailstream.embedded.ses;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Decides which calls fail: first those that a test ordered one by one, then by the rates. */
final class SesFaults {

  private final Deque<Optional<SesFault>> ordered = new ArrayDeque<>();
  private final RandomGenerator random;

  SesFaults(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  synchronized void order(List<Optional<SesFault>> faults) {
    ordered.addAll(faults);
  }

  synchronized Optional<SesFault> next(Map<SesFault, Double> rates) {
    if (!ordered.isEmpty()) {
      return ordered.removeFirst();
    }
    if (rates.isEmpty()) {
      return Optional.empty();
    }
    double drawn = random.nextDouble();
    for (SesFault fault : SesFault.values()) {
      drawn -= rates.getOrDefault(fault, 0.0);
      if (drawn < 0) {
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }

  synchronized long jitter(long millis) {
    return millis == 0 ? 0 : random.nextLong(millis + 1);
  }
}

package io.mailstream.benchmarks;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Measures work: how long it takes, and what the machine and its processes spend on it. */
final class Meter {

  private Meter() {}

  /** What is measured. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /**
   * Does the work.
   *
   * @param messages how many messages that is
   * @param self the name of this process in the sample
   * @param others further processes, by name
   */
  static Sample measure(long messages, String self, Map<String, Part> others, Work work)
      throws Exception {
    Map<String, Duration> before = cpu(self, others);
    Duration machine = Machine.busy();
    long start = System.nanoTime();
    work.run();
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    Duration spent = Machine.busy().minus(machine);
    Map<String, Duration> each = cpu(self, others);
    each.replaceAll((process, after) -> after.minus(before.get(process)));
    return new Sample(messages, wall, spent, each);
  }

  private static Map<String, Duration> cpu(String self, Map<String, Part> others) {
    Map<String, Duration> cpu = new HashMap<>();
    cpu.put(self, ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
    others.forEach((name, part) -> cpu.put(name, part.cpu()));
    return cpu;
  }
}

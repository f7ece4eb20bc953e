package io.mailstream.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

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
    Map<String, Clock> clocks = clocks(others);
    clocks.put(self, () -> ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
    return measured(messages, clocks, work);
  }

  /** Does work that costs this process nothing to speak of: others do it. */
  static Sample measure(long messages, Map<String, Part> others, Work work) throws Exception {
    return measured(messages, clocks(others), work);
  }

  /** How many of the messages are done so far. */
  @FunctionalInterface
  interface Progress {
    long done() throws IOException, InterruptedException, ExecutionException;
  }

  /**
   * Waits while a backlog is worked off. The first tenth of it is not counted: what slept has to
   * wake up.
   *
   * @param messages how many messages the backlog has
   * @param others who works it off, by name
   */
  static Sample drain(int messages, Map<String, Part> others, Progress progress) throws Exception {
    Lab.await("the first tenth", () -> progress.done() >= messages / 10);
    long first = progress.done();
    return measure(
        messages - first, others, () -> Lab.await("the last", () -> progress.done() >= messages));
  }

  private static Sample measured(long messages, Map<String, Clock> clocks, Work work)
      throws Exception {
    Map<String, Duration> each = read(clocks);
    Duration machine = Machine.busy();
    long start = System.nanoTime();
    work.run();
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    Duration spent = Machine.busy().minus(machine);
    Map<String, Duration> after = read(clocks);
    each.replaceAll((process, before) -> after.get(process).minus(before));
    return new Sample(messages, wall, spent, each);
  }

  /** CPU time of one process. */
  @FunctionalInterface
  private interface Clock {
    Duration cpu();
  }

  private static Map<String, Clock> clocks(Map<String, Part> parts) {
    Map<String, Clock> clocks = new HashMap<>();
    parts.forEach((name, part) -> clocks.put(name, part::cpu));
    clocks.put(
        Sample.COMPILERS,
        () ->
            parts.entrySet().stream()
                .filter(part -> !part.getKey().equals(Sample.SINK))
                .map(part -> part.getValue().compiling())
                .reduce(Duration.ZERO, Duration::plus));
    return clocks;
  }

  private static Map<String, Duration> read(Map<String, Clock> clocks) {
    Map<String, Duration> cpu = new HashMap<>();
    clocks.forEach((name, clock) -> cpu.put(name, clock.cpu()));
    return cpu;
  }
}

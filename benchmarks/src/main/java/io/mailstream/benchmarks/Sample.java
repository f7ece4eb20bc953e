package io.mailstream.benchmarks;

import java.time.Duration;
import java.util.Map;

/**
 * One run of one contender.
 *
 * @param messages how many were measured
 * @param wall how long it took
 * @param machine CPU time of the whole machine, every process and the kernel
 * @param cpu CPU time of single processes, by name; {@link #SINK} is what took the mail, {@link
 *     #LOAD} what made the requests
 * @param figures what else was measured, by a name that says the unit too; in the table's order
 */
public record Sample(
    long messages,
    Duration wall,
    Duration machine,
    Map<String, Duration> cpu,
    Map<String, Double> figures) {

  /** What takes the mail at the end: the same for every contender, and not its cost. */
  public static final String SINK = "sink";

  /** What makes the requests: the same for every contender, and not its cost. */
  public static final String LOAD = "load generator";

  /** The JIT compilers of all processes, whose times have it in them. */
  public static final String COMPILERS = "JIT compilers in them";

  /** A run that nothing else was measured of. */
  public Sample(long messages, Duration wall, Duration machine, Map<String, Duration> cpu) {
    this(messages, wall, machine, cpu, Map.of());
  }

  /** The same run, with further figures. */
  public Sample with(Map<String, Double> further) {
    return new Sample(messages, wall, machine, cpu, further);
  }

  /** Messages a second. */
  public double rate() {
    return messages / (wall.toNanos() / 1e9);
  }

  /** Microseconds of CPU a message, of the whole machine without the sink and the load. */
  public double micros() {
    return perMessage(
        machine
            .minus(cpu.getOrDefault(SINK, Duration.ZERO))
            .minus(cpu.getOrDefault(LOAD, Duration.ZERO)));
  }

  /** Microseconds of CPU a message, of one process. */
  public double micros(String process) {
    return perMessage(cpu.getOrDefault(process, Duration.ZERO));
  }

  private double perMessage(Duration time) {
    return time.toNanos() / 1e3 / messages;
  }
}

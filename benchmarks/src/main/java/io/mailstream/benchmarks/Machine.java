package io.mailstream.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.StringTokenizer;

/** What this machine is, and how much CPU time it has spent. Linux only. */
public final class Machine {

  /** The kernel counts in hundredths of a second: proc(5), sysconf(_SC_CLK_TCK). */
  private static final long NANOS_PER_TICK = 10_000_000;

  private static final int IDLE = 3;
  private static final int IO_WAIT = 4;
  private static final int COUNTED = 8;

  /** Where the time in user mode stands behind the name, that in the kernel after it. */
  private static final int USER = 11;

  private Machine() {}

  /** CPU time that was not idle, of all cores, since it was started. */
  static Duration busy() {
    StringTokenizer fields = new StringTokenizer(lines(Path.of("/proc/stat")).getFirst());
    fields.nextToken();
    long ticks = 0;
    for (int i = 0; i < COUNTED; i++) {
      long value = Long.parseLong(fields.nextToken());
      ticks += i == IDLE || i == IO_WAIT ? 0 : value;
    }
    return Duration.ofNanos(ticks * NANOS_PER_TICK);
  }

  /** CPU time of a process or thread, by its file: the fields utime and stime of proc(5). */
  static Duration spent(Path stat) {
    String line = lines(stat).getFirst();
    // The name comes second, and may contain anything.
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[USER]) + Long.parseLong(fields[USER + 1]);
    return Duration.ofNanos(ticks * NANOS_PER_TICK);
  }

  /** Cores and their kind, for the report. */
  public static String describe() {
    String model =
        lines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse("unknown");
    return "%d cores, %s, Linux %s, Java %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            model,
            System.getProperty("os.version"),
            System.getProperty("java.vm.version"));
  }

  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("benchmarks need Linux: " + file + " cannot be read", e);
    }
  }
}

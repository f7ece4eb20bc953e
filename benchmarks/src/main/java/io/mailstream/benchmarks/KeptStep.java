package io.mailstream.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/** A step whose store was filled, and what can be measured of it. */
abstract class KeptStep implements AutoCloseable {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** A time at which a bucket of deduplication begins, whatever its size up to a day. */
  static final long START = Duration.ofDays(20_000).toMillis();

  /** So many entries are written between two checkpoints. */
  private static final int CHUNK = 500_000;

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int MOST_LOOKS = 300;
  private static final double IDLE = 0.05;

  final StepTask task;
  private final Path directory;
  private final int entries;

  KeptStep(
      StepTask.Disk disk,
      int entries,
      ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> step,
      List<String> children) {
    this.directory = disk.directory();
    this.entries = entries;
    this.task = new StepTask(disk, step, children, START);
  }

  /** What is measured of it, in an order that does not depend on how much is kept. */
  abstract List<Contender> contenders();

  /** Writes the entries, each by its number. */
  final void fill(IntConsumer write) {
    for (int first = 0; first < entries; first += CHUNK) {
      int from = first;
      int to = Math.min(entries, first + CHUNK);
      task.run(() -> {
        for (int i = from; i < to; i++) {
          write.accept(i);
        }
      });
    }
  }

  final int entries() {
    return entries;
  }

  /** Waits until RocksDB has nothing more to tidy up, or for a minute. */
  final void settle() {
    for (int look = 0; look < MOST_LOOKS; look++) {
      Duration before = cpu();
      LockSupport.parkNanos(LOOK.toNanos());
      if (cpu().minus(before).toNanos() < IDLE * LOOK.toNanos()) {
        return;
      }
    }
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** What it has on disk, in millions of bytes. */
  final long megabytes() throws IOException {
    return megabytes(directory);
  }

  /** What a directory has on disk, in millions of bytes. */
  static long megabytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum()
          / 1_000_000;
    }
  }

  /** Work in the task, measured in it. */
  final Contender contender(String name, Body body) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Sample run(int messages, int round) {
        Sample[] sample = new Sample[1];
        task.run(() -> {
          long start = THREADS.getCurrentThreadCpuTime();
          Sample whole =
              Meter.measure(messages, "this process", Map.of(), () -> body.run(messages, round));
          double micros = (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / messages;
          sample[0] = whole.with(Map.of("CPU µs of the task's thread", micros));
        });
        return sample[0];
      }
    };
  }

  /** What a round does. */
  @FunctionalInterface
  interface Body {
    void run(int messages, int round) throws Exception;
  }

  @Override
  public void close() {
    task.close();
  }
}

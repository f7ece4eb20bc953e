package io.mailstream.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One process of a benchmark: a part of Mailstream, a peer, or what takes the mail. */
public final class Part implements AutoCloseable {

  /** What a part of ours prints when it can be used, followed by what is to be known of it. */
  public static final String READY = "ready ";

  /** Further flags of the JVMs of the parts, parted by spaces. */
  public static final String JVM_FLAGS = "mailstream.benchmarks.jvm.flags";

  /** How HotSpot names the threads of its compilers, cut off by Linux. */
  private static final String COMPILER = "C[12] CompilerThre.*";

  private static final Duration START_BOUND = Duration.ofSeconds(90);
  private static final Duration STOP_BOUND = Duration.ofSeconds(20);

  private final String name;
  private final Process process;
  private final Path log;

  private Part(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts a main class of this class path in a JVM of its own. */
  public static Part java(String name, Path directory, String heap, String main, String... args)
      throws IOException {
    return java(List.of(), name, directory, heap, main, args);
  }

  /** The same with flags of its own; those of {@link #JVM_FLAGS} come after them. */
  public static Part java(
      List<String> flags, String name, Path directory, String heap, String main, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(flags);
    Optional.ofNullable(System.getProperty(JVM_FLAGS))
        .ifPresent(more -> command.addAll(List.of(more.split(" ", -1))));
    command.addAll(
        List.of(
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlogback.configurationFile=io/mailstream/benchmarks/logback-parts.xml",
            "-cp",
            System.getProperty("java.class.path"),
            main));
    command.addAll(List.of(args));
    return start(name, directory, command);
  }

  /** Starts any command. */
  public static Part start(String name, Path directory, List<String> command) throws IOException {
    Path log = directory.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    // What is not ours does not know that this process has ended, by Ctrl-C for instance.
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    } catch (IllegalStateException e) {
      process.destroyForcibly();
      throw new IOException("%s is not started: this process ends".formatted(name), e);
    }
    return new Part(name, process, log);
  }

  /** Waits until it has printed that it is ready, and returns what else that line says. */
  public String awaitReady() throws IOException {
    long deadline = System.nanoTime() + START_BOUND.toNanos();
    while (System.nanoTime() < deadline && process.isAlive()) {
      for (String line : Files.readAllLines(log)) {
        if (line.startsWith(READY)) {
          return line.substring(READY.length());
        }
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new IOException("%s did not start: see %s".formatted(name, log));
  }

  /** Waits until it has ended by itself. */
  void awaitEnd() throws IOException, InterruptedException {
    if (process.waitFor() != 0) {
      throw new IOException("%s failed: see %s".formatted(name, log));
    }
  }

  /** What it has printed so far. */
  public String printed() throws IOException {
    return Files.readString(log);
  }

  /** CPU time it has spent. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** CPU time that its JIT compilers have spent, in threads that are named so: proc(5). */
  Duration compiling() {
    try (Stream<Path> threads = Files.list(Path.of("/proc/%d/task".formatted(process.pid())))) {
      return threads
          .filter(thread -> Machine.lines(thread.resolve("comm")).getFirst().matches(COMPILER))
          .map(thread -> Machine.spent(thread.resolve("stat")))
          .reduce(Duration.ZERO, Duration::plus);
    } catch (IOException | UncheckedIOException e) {
      return Duration.ZERO; // it or one of its threads has just ended
    }
  }

  /** The memory that it has now, in bytes: proc(5). */
  long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/%d/status".formatted(process.pid()))).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .sum();
  }

  /** Whether it runs, frozen or not. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it by SIGKILL: nothing is closed, flushed or said. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** What it prints to. */
  public Path log() {
    return log;
  }

  /** Stops it where it is, without its knowledge. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Lets it go on. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("%s is gone: see %s".formatted(name, log));
    }
  }

  @Override
  public void close() {
    try {
      thaw();
    } catch (IOException e) {
      // It has ended already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroy();
    try {
      if (!process.waitFor(STOP_BOUND.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

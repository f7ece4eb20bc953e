package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One process of the pipeline, which is killed and started again: the same configuration, the same
 * directory, the same port, a log of its own for each start.
 */
final class Victim implements AutoCloseable {

  /** What starts fast matters more than what runs fast, where all is started again and again. */
  private static final List<String> FAST_START = List.of("-XX:TieredStopAtLevel=1");

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final String name;
  private final Launch launch;
  private final int httpPort;
  private final String mark;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger starts = new AtomicInteger();
  private volatile Part part;

  /** Held by whoever hurts it: one at a time. */
  final ReentrantLock hurting = new ReentrantLock(true);

  /** Starts the process once more, under a name of its own, which its log has too. */
  @FunctionalInterface
  interface Launch {
    Part start(String name) throws IOException;
  }

  /**
   * A process that does not run yet.
   *
   * @param httpPort where it answers /readyz and /livez; 0: it prints when it is ready
   */
  Victim(String name, int httpPort, Launch launch) {
    this(name, httpPort, Part.READY, launch);
  }

  private Victim(String name, int httpPort, String mark, Launch launch) {
    this.name = name;
    this.httpPort = httpPort;
    this.mark = mark;
    this.launch = launch;
  }

  /**
   * Any command.
   *
   * @param mark what is in a line that it prints when it is ready
   */
  static Victim command(String name, Path directory, String mark, List<String> command) {
    return new Victim(name, 0, mark, started -> Part.start(started, directory, command));
  }

  /** A main class of this class path. */
  static Victim java(
      String name, Path directory, String heap, Class<?> main, int httpPort, String... args) {
    return new Victim(
        name,
        httpPort,
        started -> Part.java(FAST_START, started, directory, heap, main.getName(), args));
  }

  String name() {
    return name;
  }

  Path log() {
    return part.log();
  }

  void start() throws IOException {
    part = launch.start("%s.%d".formatted(name, starts.incrementAndGet()));
  }

  void kill() throws InterruptedException {
    part.kill();
  }

  void freeze() throws IOException, InterruptedException {
    part.freeze();
  }

  void thaw() throws IOException, InterruptedException {
    part.thaw();
  }

  boolean isAlive() {
    return part.isAlive();
  }

  /** Whether it says that it can work. */
  boolean isReady() {
    try {
      return httpPort == 0 ? printed().isPresent() : asks("/readyz");
    } catch (IOException e) {
      return false;
    }
  }

  private Optional<String> printed() throws IOException {
    return part.printed()
        .lines()
        .filter(line -> line.contains(mark))
        .findFirst()
        .map(line -> line.substring(line.indexOf(mark) + mark.length()));
  }

  /** What it printed when it was ready. */
  String ready() throws IOException {
    return printed().orElseThrow(() -> new IOException(name + " is not ready: see " + log()));
  }

  /** Where it answers requests by HTTP. */
  URI url() {
    return URI.create("http://127.0.0.1:" + httpPort);
  }

  /** Whether it says that it lives. */
  boolean isLive() {
    return httpPort == 0 ? isAlive() : asks("/livez");
  }

  private boolean asks(String path) {
    try {
      return http.send(
                  HttpRequest.newBuilder(url().resolve(path)).timeout(ANSWER).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits until it can work; false where it cannot in time. */
  boolean awaitReady(Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    while (System.nanoTime() < deadline && !Thread.currentThread().isInterrupted()) {
      if (isReady()) {
        return true;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return false;
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() {
    if (part != null) {
      try {
        part.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    http.shutdownNow();
  }
}

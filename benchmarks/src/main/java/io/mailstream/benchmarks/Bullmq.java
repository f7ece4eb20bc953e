package io.mailstream.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * BullMQ on a Redis that writes its log to disk every second, with deduplication by job id and a
 * limiter, before the same sink: how a queue of mail is commonly built today. It sends the text as
 * it is, where Mailstream composes a MIME message.
 */
final class Bullmq implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BODY_BYTES = 2_000;

  private final Path scripts;
  private final Path directory;
  private final int port;
  private final Part redis;
  private final List<Part> workers = new ArrayList<>();

  private Bullmq(Path scripts, Path directory, int port, Part redis) {
    this.scripts = scripts;
    this.directory = directory;
    this.port = port;
    this.redis = redis;
  }

  /** Starts Redis, and says which. */
  static Bullmq start(Path scripts, Path directory, PrintWriter out)
      throws IOException, InterruptedException, TimeoutException {
    int port = Lab.freePort();
    Path data = Files.createDirectory(directory.resolve("redis"));
    Part redis = Part.start("redis", directory, PeerPackages.redis(String.valueOf(port), data));
    Bullmq bullmq = new Bullmq(scripts, directory, port, redis);
    try {
      Lab.await("Redis listens", () -> redis.printed().contains("Ready to accept connections"));
      out.println(bullmq.version());
      return bullmq;
    } catch (IOException | TimeoutException | RuntimeException e) {
      bullmq.close();
      throw e;
    }
  }

  private String version() throws IOException {
    return redis
        .printed()
        .lines()
        .filter(line -> line.contains("version="))
        .map(line -> line.substring(line.indexOf("Redis")))
        .findFirst()
        .orElse("Redis");
  }

  static String name(int processes) {
    return "BullMQ, %d worker process%s".formatted(processes, processes == 1 ? "" : "es");
  }

  /**
   * Starts workers on a queue of their own, and says what they are made of.
   *
   * @param processes how many
   * @param atOnce how many calls may be in flight, of all of them
   */
  Contender workers(int processes, Sink sink, int atOnce, PrintWriter out) throws IOException {
    String queue = "mail-" + processes;
    List<Part> those = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      Part worker =
          node(
              queue + "-worker-" + i,
              "worker.mjs",
              queue,
              sink.endpoint().toString(),
              String.valueOf(Math.max(1, atOnce / processes)));
      those.add(worker);
      workers.add(worker);
    }
    for (Part worker : those) {
      out.println(worker.awaitReady());
    }
    out.flush();
    Map<String, Part> parts = new HashMap<>(Map.of("redis", redis, Sample.SINK, sink.part()));
    those.forEach(worker -> parts.put("worker " + those.indexOf(worker), worker));
    return new Contender() {
      @Override
      public String name() {
        return Bullmq.name(processes);
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        fill(queue, new Mails("r" + round, BODY_BYTES), messages);
        long before = sink.taken();
        for (Part worker : those) {
          worker.thaw();
        }
        return Meter.measure(
            messages,
            parts,
            () -> Lab.await("all mails are sent", () -> sink.taken() - before >= messages));
      }

      @Override
      public void rest() throws IOException, InterruptedException {
        for (Part worker : those) {
          worker.freeze();
        }
      }
    };
  }

  private void fill(String queue, Mails mails, int count) throws IOException, InterruptedException {
    Path file = directory.resolve(queue + ".jsonl");
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (int i = 0; i < count; i++) {
        ObjectNode mail = JSON.createObjectNode();
        mail.put("id", mails.deliveryId(i));
        mail.put("to", mails.address(i));
        mail.put("subject", Mails.subject(i));
        mail.put("text", mails.body());
        lines.write(JSON.writeValueAsString(mail));
        lines.newLine();
      }
    }
    try (Part fill = node("fill", "fill.mjs", queue, file.toString())) {
      fill.awaitEnd();
    }
  }

  private Part node(String name, String script, String queue, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                PeerPackages.NODE,
                scripts.resolve(script).toString(),
                String.valueOf(port),
                queue));
    command.addAll(List.of(more));
    return Part.start(name, directory, command);
  }

  @Override
  public void close() {
    workers.forEach(Part::close);
    redis.close();
  }
}

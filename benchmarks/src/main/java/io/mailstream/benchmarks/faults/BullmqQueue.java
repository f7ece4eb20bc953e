package io.mailstream.benchmarks.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.benchmarks.PeerPackages;
import io.mailstream.benchmarks.faults.Fault.Role;
import io.mailstream.embedded.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Two BullMQ workers on a Redis that logs each write: what many send mail by. Jobs have an id of
 * their own and a hundred attempts; the rest is as BullMQ has it.
 */
final class BullmqQueue implements Peer {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofSeconds(120);
  private static final String QUEUE = "mail";
  private static final String AT_ONCE = "50";

  private final Path directory;
  private final Path scripts;
  private final String port = String.valueOf(Ports.free());
  private final Victim redis;
  private final List<Victim> workers = new ArrayList<>();
  private final Map<String, Runnable> waiting = new ConcurrentHashMap<>();
  private Process feed;
  private PrintWriter lines;
  private volatile long open = -1;

  BullmqQueue(Path directory, PrintWriter out) throws IOException, InterruptedException {
    this.directory = directory;
    this.scripts = PeerPackages.install(out);
    Path data = Files.createDirectory(directory.resolve("redis"));
    redis =
        Victim.command(
            "redis", directory, "Ready to accept connections", PeerPackages.redis(port, data));
  }

  @Override
  public String name() {
    return "BullMQ on Redis";
  }

  @Override
  public Map<Role, List<Victim>> start(String esp) throws IOException {
    redis.start();
    require(redis);
    for (int i = 0; i < World.SENDERS; i++) {
      Victim worker =
          Victim.command(
              Role.SENDER.name(i),
              directory,
              "ready ",
              List.of(
                  PeerPackages.NODE,
                  scripts.resolve("worker.mjs").toString(),
                  port,
                  QUEUE,
                  esp,
                  AT_ONCE));
      workers.add(worker);
      worker.start();
    }
    for (Victim worker : workers) {
      require(worker);
    }
    feed =
        new ProcessBuilder(PeerPackages.NODE, scripts.resolve("feed.mjs").toString(), port, QUEUE)
            .redirectError(directory.resolve("feed.log").toFile())
            .start();
    lines = new PrintWriter(feed.outputWriter(StandardCharsets.UTF_8), true);
    Thread.ofVirtual().name("feed").start(this::hear);
    return Map.of(Role.BROKER, List.of(redis), Role.SENDER, workers);
  }

  private static void require(Victim victim) throws IOException {
    if (!victim.awaitReady(START)) {
      throw new IOException("%s does not start: see %s".formatted(victim.name(), victim.log()));
    }
  }

  private void hear() {
    try (BufferedReader said = feed.inputReader(StandardCharsets.UTF_8)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        String[] words = line.split(" ", 2);
        if (words[0].equals("added")) {
          Runnable accepted = waiting.remove(words[1]);
          if (accepted != null) {
            accepted.run();
          }
        } else if (words[0].equals("open")) {
          open = Long.parseLong(words[1]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the queue's feed has ended", e);
    }
  }

  @Override
  public void put(String deliveryId, String address, Runnable accepted) {
    waiting.put(deliveryId, accepted);
    ObjectNode mail = JSON.createObjectNode();
    mail.put("id", deliveryId);
    mail.put("to", address);
    mail.put("subject", "No. " + deliveryId);
    mail.put("text", "Thank you.");
    lines.println(mail);
  }

  @Override
  public boolean isIdle() {
    return waiting.isEmpty() && open == 0;
  }

  @Override
  public void close() {
    if (feed != null) {
      feed.destroyForcibly();
    }
    workers.forEach(Victim::close);
    redis.close();
  }
}

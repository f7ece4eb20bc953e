package io.mailstream.benchmarks.faults;

import io.mailstream.embedded.Ports;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The ESP's process, which may be killed, and the network that leads to it. */
final class Esp implements AutoCloseable {

  /** The file in its directory that holds what it took. */
  static final String JOURNAL = "journal.txt";

  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(120);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final long LOOK_MS = 200;
  private static final int CHUNK = 1 << 16;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path journal;
  private final Path behaviour;
  private final Victim victim;
  private final URI url;
  private final String certificate;
  private final EspProxy network;
  private long counted;
  private long lines;

  private Esp(Path directory, Victim victim, Path behaviour) throws IOException {
    this.journal = directory.resolve(JOURNAL);
    this.behaviour = behaviour;
    this.victim = victim;
    String[] ready = victim.ready().split(" ", -1);
    this.url = URI.create(ready[0]);
    this.certificate = ready[1];
    this.network = new EspProxy(Ports.free(), url.getPort());
  }

  /**
   * Starts it and returns when it answers.
   *
   * @param callbacks where it posts what becomes of the mail
   */
  static Esp start(Path directory, long seed, String callbacks) throws IOException {
    Path behaviour = Files.writeString(directory.resolve("behaviour.json"), Fault.Storm.OVER);
    Victim victim =
        Victim.java(
            "esp",
            directory,
            "384m",
            EspPart.class,
            0,
            directory.toString(),
            String.valueOf(Ports.free()),
            String.valueOf(seed),
            callbacks,
            behaviour.toString());
    victim.start();
    try {
      if (!victim.awaitReady(START)) {
        throw new IOException("the ESP does not start: see " + victim.log());
      }
      return new Esp(directory, victim, behaviour);
    } catch (IOException e) {
      victim.close();
      throw e;
    }
  }

  /** Its process. */
  Victim victim() {
    return victim;
  }

  /** What it took. */
  Path journal() {
    return journal;
  }

  /** What its callbacks are signed with. */
  String certificate() {
    return certificate;
  }

  /** What senders have to come through. */
  EspProxy network() {
    return network;
  }

  /** Tells it how to behave, now and after its next start. */
  void behave(String text) throws IOException, InterruptedException {
    Files.writeString(behaviour, text);
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/control"))
            .timeout(ANSWER)
            .PUT(HttpRequest.BodyPublishers.ofString(text))
            .build();
    long deadline = System.nanoTime() + TOLD_WITHIN.toNanos();
    while (true) {
      try {
        var _ = http.send(request, HttpResponse.BodyHandlers.discarding());
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw new IOException("the ESP does not answer: see " + victim.log(), e);
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      }
    }
  }

  /** How many mails it took, by its journal. */
  synchronized long taken() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(journal.toFile(), "r")) {
      file.seek(counted);
      byte[] chunk = new byte[CHUNK];
      for (int read = file.read(chunk); read > 0; read = file.read(chunk)) {
        counted += read;
        for (int i = 0; i < read; i++) {
          lines += chunk[i] == '\n' ? 1 : 0;
        }
      }
    }
    return lines;
  }

  @Override
  public String toString() {
    return "ESP";
  }

  @Override
  public void close() throws IOException {
    network.close();
    victim.close();
    http.shutdownNow();
  }
}

package io.mailstream.benchmarks.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.benchmarks.Part;
import io.mailstream.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/** The ESP's process, and the network that leads to it. */
final class Esp implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path journal;
  private final Part part;
  private final URI url;
  private final String certificate;
  private final EspProxy network;

  private Esp(Path journal, Part part, String[] ready) throws IOException {
    this.journal = journal;
    this.part = part;
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
    Path journal = directory.resolve("journal.txt");
    Part part =
        Part.java(
            "esp",
            directory,
            "512m",
            EspPart.class.getName(),
            journal.toString(),
            String.valueOf(seed),
            callbacks);
    try {
      Esp esp = new Esp(journal, part, part.awaitReady().split(" ", -1));
      esp.behave(Fault.Storm.OVER);
      return esp;
    } catch (IOException e) {
      part.close();
      throw e;
    }
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

  /** Tells it how to behave. */
  void behave(String behaviour) throws IOException {
    ask(
        HttpRequest.newBuilder(url.resolve("/control"))
            .PUT(HttpRequest.BodyPublishers.ofString(behaviour))
            .build());
  }

  /** What it has counted. */
  JsonNode counts() throws IOException {
    return JSON.readTree(ask(HttpRequest.newBuilder(url.resolve("/inbox?limit=0")).build()));
  }

  /** How many mails it took. */
  long taken() throws IOException {
    return counts().path("accepted").asLong();
  }

  private String ask(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    network.close();
    part.close();
    http.shutdownNow();
  }
}

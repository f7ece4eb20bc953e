package io.mailstream.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The process that takes the mail, {@link SinkPart}, and what it says of itself. */
final class Sink implements AutoCloseable {

  private final Part part;
  private final URI endpoint;
  private final HttpClient http = HttpClient.newHttpClient();

  private Sink(Part part, URI endpoint) {
    this.part = part;
    this.endpoint = endpoint;
  }

  /**
   * Starts one.
   *
   * @param latencyMillis how long it takes to answer
   * @param notes whether it notes what comes when
   */
  static Sink start(Path directory, long latencyMillis, boolean notes) throws IOException {
    Part part =
        Part.java(
            "sink",
            directory,
            "256m",
            SinkPart.class.getName(),
            String.valueOf(latencyMillis),
            notes ? SinkPart.NOTING : "");
    return new Sink(part, URI.create(part.awaitReady()));
  }

  Part part() {
    return part;
  }

  URI endpoint() {
    return endpoint;
  }

  /** Makes each answer take so long from now on. */
  void answersAfter(long millis) throws IOException, InterruptedException {
    get(SinkPart.LATENCY + millis);
  }

  /** How many mails it has taken. */
  long taken() throws IOException, InterruptedException {
    return Long.parseLong(get(SinkPart.COUNT));
  }

  /** What has come since this was last asked: delivery id → µs since the epoch. */
  Map<String, Long> arrivals() throws IOException, InterruptedException {
    Map<String, Long> arrivals = new HashMap<>();
    get(SinkPart.ARRIVALS)
        .lines()
        .map(line -> line.split(" ", -1))
        .forEach(line -> arrivals.put(line[0], Long.valueOf(line[1])));
    return arrivals;
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(endpoint.resolve(path)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    http.close();
    part.close();
  }
}

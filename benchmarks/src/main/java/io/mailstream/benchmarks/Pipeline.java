package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** All of Mailstream before one sink: topology and sender, each a process, and their topics. */
final class Pipeline implements AutoCloseable {

  static final String NAME = "mailstream, whole pipeline";

  /** Policies of a topology whose mail nobody sends. */
  static final String NOWHERE = policies("http://127.0.0.1:9");

  private static final int BODY_BYTES = 2_000;
  private static final Duration COMMIT = Duration.ofMillis(500);

  private final Lab lab;
  private final Sink sink;
  private final Topics topics;
  private final Part topology;
  private final Part sender;

  private Pipeline(Lab lab, Sink sink, Topics topics, Part topology, Part sender) {
    this.lab = lab;
    this.sink = sink;
    this.topics = topics;
    this.topology = topology;
    this.sender = sender;
  }

  /**
   * Starts one.
   *
   * @param atOnce how many calls of bulk mail may be in flight
   */
  static Pipeline start(Lab lab, Sink sink, int atOnce) throws IOException, TimeoutException {
    Topics topics = lab.topics("pipeline.");
    Part topology =
        lab.streamsApp(
            "topology", topics, "topology", policies(sink.endpoint().toString()), Map.of());
    try {
      Part sender = sender("sender", lab, topics, sink, atOnce);
      return new Pipeline(lab, sink, topics, topology, sender);
    } catch (IOException | TimeoutException | RuntimeException e) {
      topology.close();
      throw e;
    }
  }

  /** A sender alone. */
  static Part sender(String name, Lab lab, Topics topics, Sink sink, int atOnce)
      throws IOException, TimeoutException {
    return lab.streamsApp(
        name,
        topics,
        "sender",
        policies(sink.endpoint().toString()),
        Map.of(
            "sender.open.sends", String.valueOf(openSends(atOnce)),
            "accounts.main.access.key.id", "id",
            "accounts.main.secret.access.key", "secret"));
  }

  /** Two thirds of the open sends are calls at once, and bulk mail has four fifths of those. */
  private static int openSends(int atOnce) {
    return Math.ceilDiv(atOnce * 15, 8);
  }

  private static String policies(String endpoint) {
    return """
    accounts:
      main: {provider: ses, settings: {region: eu-west-1, endpoint: "%s"}}
    tenants:
      bench: {from_domains: [sender.example], streams: {mail: {evidence_window: 0}}}
    """
        .formatted(endpoint);
  }

  Topics topics() {
    return topics;
  }

  /** Its processes and the broker's and the sink's, by name. */
  Map<String, Part> parts() {
    Map<String, Part> parts = new HashMap<>();
    parts.put("topology", topology);
    parts.put("sender", sender);
    parts.put("broker", lab.broker());
    parts.put(Sample.SINK, sink.part());
    return parts;
  }

  /** Stops it where it is, not in the middle of a transaction, which could time out. */
  void freeze() throws IOException, InterruptedException {
    LockSupport.parkNanos(COMMIT.toNanos());
    topology.freeze();
    sender.freeze();
  }

  /** Lets it go on. */
  void thaw() throws IOException, InterruptedException {
    sender.thaw();
    topology.thaw();
  }

  /** What works off a backlog of bulk requests that was written while it was frozen. */
  Contender contender() {
    return new Contender() {
      @Override
      public String name() {
        return NAME;
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        lab.request(topics, new Mails("r" + round, BODY_BYTES), messages, true);
        long before = sink.taken();
        thaw();
        return Meter.drain(messages, parts(), () -> sink.taken() - before);
      }

      @Override
      public void rest() throws IOException, InterruptedException {
        freeze();
      }
    };
  }

  @Override
  public void close() {
    sender.close();
    topology.close();
  }
}

package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * All of Mailstream before one sink, or the least that does such a thing: a topology and a sender,
 * each a process, and their topics.
 */
final class Pipeline implements AutoCloseable {

  static final String NAME = "mailstream, whole pipeline";
  static final String LEAST = "Kafka and the cheapest client, no step of ours";

  /** Policies of a topology whose mail nobody sends. */
  static final String NOWHERE = policies("http://127.0.0.1:9");

  private static final int BODY_BYTES = 2_000;
  private static final Duration LOOK = Duration.ofMillis(100);

  private final String name;
  private final Lab lab;
  private final Sink sink;
  private final Topics topics;
  private final Part topology;
  private final Part sender;

  private Pipeline(String name, Lab lab, Sink sink, Topics topics, Part topology, Part sender) {
    this.name = name;
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
      return new Pipeline(NAME, lab, sink, topics, topology, sender);
    } catch (IOException | TimeoutException | RuntimeException e) {
      topology.close();
      throw e;
    }
  }

  /**
   * Starts what does no more than to remember each request and to post something for it, out of
   * Kafka and into Kafka, exactly-once but for the call: {@link Remembering}, {@link CallingPart}.
   */
  static Pipeline least(Lab lab, Sink sink, int atOnce) throws IOException {
    Topics topics = lab.topics("least.");
    String dispatch = topics.dispatch(Lane.BULK);
    Part topology =
        IdentityPart.start(
            lab, "least", topics.requests(Lane.BULK), dispatch, List.of(lab.registry()));
    try {
      Part sender =
          CallingPart.start(lab, "calling", dispatch, topics.results(), sink.endpoint(), atOnce);
      return new Pipeline(LEAST, lab, sink, topics, topology, sender);
    } catch (IOException | RuntimeException e) {
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

  /** Stops it where it is, not in the middle of a transaction. */
  void freeze() throws TimeoutException {
    lab.freeze(topology, sender);
  }

  /** Lets it go on. */
  void thaw() throws IOException, InterruptedException {
    sender.thaw();
    topology.thaw();
  }

  /**
   * What works off a backlog of bulk requests that was written while it was frozen, from its waking
   * to the last result: whatever its stages do ahead of each other is counted.
   */
  Contender contender() {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        lab.request(topics, new Mails("r" + round, BODY_BYTES), messages, true);
        try (KafkaConsumer<byte[], byte[]> results = lab.atEnd(topics.results(), Lab.PARTITIONS)) {
          thaw();
          AtomicLong seen = new AtomicLong();
          return Meter.measure(
              messages,
              parts(),
              () ->
                  Lab.await(
                      "all results", () -> seen.addAndGet(results.poll(LOOK).count()) >= messages));
        }
      }

      @Override
      public void rest() throws TimeoutException {
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

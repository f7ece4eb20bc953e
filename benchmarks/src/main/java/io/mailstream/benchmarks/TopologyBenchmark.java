package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The topology beside one that only copies: same broker, guarantee, threads, compression, records.
 * Each works off a backlog that was written while it was frozen; the first tenth is not counted.
 */
final class TopologyBenchmark {

  static final String IDENTITY = "identity topology";

  private static final String POLICIES =
      """
      accounts:
        main: {provider: ses, limit: {rate: 100000000/s, burst: 100000000}}
      tenants:
        bench:
          from_domains: [sender.example]
          limit: {rate: 100000000/s, burst: 100000000}
          streams: {mail: {limit: {rate: 100000000/s, burst: 100000000}}}
      """;

  private static final Duration COMMIT = Duration.ofMillis(500);

  private final Rounds rounds;
  private final int bodyBytes;
  private final int suppressions;
  private final PrintWriter out;

  TopologyBenchmark(Rounds rounds, int bodyBytes, int suppressions, PrintWriter out) {
    this.rounds = rounds;
    this.bodyBytes = bodyBytes;
    this.suppressions = suppressions;
    this.out = out;
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    List<Part> parts = new ArrayList<>();
    try (Lab lab = Lab.start(directory)) {
      List<Contender> contenders = new ArrayList<>();
      Topics copied = lab.topics("identity.");
      try (Admin admin = lab.admin()) {
        admin
            .createTopics(List.of(new NewTopic("identity.out", Lab.PARTITIONS, (short) 1)))
            .all()
            .get();
      }
      Part identity =
          Part.java(
              "identity",
              directory,
              "768m",
              IdentityPart.class.getName(),
              lab.bootstrap(),
              "identity",
              copied.requests(Lane.BULK),
              "identity.out",
              directory.resolve("identity-state").toString(),
              "2");
      parts.add(identity);
      identity.awaitReady();
      contenders.add(new Backlog(IDENTITY, lab, copied, identity, "identity.out", true));
      for (boolean keyed : List.of(true, false)) {
        String name = keyed ? "keyed" : "hop";
        Topics topics = lab.topics(name + ".");
        Part topology = lab.streamsApp(name, topics, "topology", POLICIES, Map.of());
        parts.add(topology);
        SuppressionList.fill(lab, topics, suppressions);
        contenders.add(
            new Backlog(
                "mailstream, " + (keyed ? "keyed by recipient" : "without a key (one hop)"),
                lab,
                topics,
                topology,
                topics.dispatch(Lane.BULK),
                keyed));
      }
      return rounds.run(contenders, out);
    } finally {
      parts.forEach(Part::close);
    }
  }

  /** Works off what was written while it was frozen. */
  private final class Backlog implements Contender {
    private final String name;
    private final Lab lab;
    private final Topics topics;
    private final Part part;
    private final String output;
    private final boolean keyed;

    Backlog(String name, Lab lab, Topics topics, Part part, String output, boolean keyed) {
      this.name = name;
      this.lab = lab;
      this.topics = topics;
      this.part = part;
      this.output = output;
      this.keyed = keyed;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Sample run(int messages, int round) throws Exception {
      // Not in the middle of a transaction, which could time out before it goes on.
      LockSupport.parkNanos(COMMIT.toNanos());
      part.freeze();
      lab.request(topics, new Mails("r" + round, bodyBytes), messages, keyed);
      try (KafkaConsumer<byte[], byte[]> consumer = atEnd()) {
        part.thaw();
        long seen = 0;
        while (seen < messages / 10) {
          seen += consumer.poll(Duration.ofMillis(100)).count();
        }
        long before = seen;
        Duration machine = Machine.busy();
        Map<String, Duration> cpu = cpu();
        long start = System.nanoTime();
        while (seen < messages) {
          seen += consumer.poll(Duration.ofMillis(100)).count();
        }
        Duration wall = Duration.ofNanos(System.nanoTime() - start);
        Duration spent = Machine.busy().minus(machine);
        Map<String, Duration> each = cpu();
        each.replaceAll((process, after) -> after.minus(cpu.get(process)));
        return new Sample(messages - before, wall, spent, each);
      }
    }

    private Map<String, Duration> cpu() {
      Map<String, Duration> cpu = new HashMap<>();
      cpu.put("topology", part.cpu());
      cpu.put("broker", lab.broker().cpu());
      return cpu;
    }

    private KafkaConsumer<byte[], byte[]> atEnd() {
      KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(
              Map.of(
                  "bootstrap.servers",
                  lab.bootstrap(),
                  "isolation.level",
                  "read_committed",
                  "max.poll.records",
                  5000),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      List<TopicPartition> all =
          IntStream.range(0, Lab.PARTITIONS)
              .mapToObj(partition -> new TopicPartition(output, partition))
              .toList();
      consumer.assign(all);
      consumer.seekToEnd(all);
      all.forEach(consumer::position);
      return consumer;
    }
  }
}

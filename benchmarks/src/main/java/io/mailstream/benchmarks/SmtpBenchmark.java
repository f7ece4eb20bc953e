package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Mail to one SMTP sink, by ways that keep it over a crash: through Mailstream, from the producer's
 * first record to the sink's last mail, by the sender alone and by all of the pipeline; and through
 * Postfix as a queueing relay, from the first connection of its own smtp-source to the last mail.
 *
 * <p>They keep it differently: Postfix by fsync of each queue file, Kafka by the page cache of one
 * broker here and by its replicas in production.
 */
final class SmtpBenchmark {

  static final String POSTFIX = "Postfix, queueing relay";

  private static final int BODY_BYTES = 2_000;
  private static final int CONNECTIONS = 50;

  private final Rounds rounds;
  private final PrintWriter out;

  SmtpBenchmark(Rounds rounds, PrintWriter out) {
    this.rounds = rounds;
    this.out = out;
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try (SmtpSinkPart sink = SmtpSinkPart.start(directory);
        Lab lab = Lab.start(directory);
        PostfixRelay postfix = PostfixRelay.start(directory, sink.port())) {
      try {
        return rounds.run(
            List.of(
                postfix(directory, postfix, sink),
                sender(lab, sink, open),
                pipeline(lab, sink, open)),
            out);
      } finally {
        for (AutoCloseable each : open) {
          each.close();
        }
      }
    }
  }

  private static Contender postfix(Path directory, PostfixRelay postfix, SmtpSinkPart sink) {
    return new Contender() {
      @Override
      public String name() {
        return POSTFIX;
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        return measure(
            sink,
            messages,
            Map.of(),
            () -> {
              try (Part source =
                  Part.start(
                      "smtp-source",
                      directory,
                      List.of(
                          "smtp-source",
                          "-s",
                          String.valueOf(CONNECTIONS),
                          "-m",
                          String.valueOf(messages),
                          "-l",
                          String.valueOf(BODY_BYTES),
                          "-f",
                          "shop@sender.example",
                          "-t",
                          "user@example.com",
                          "127.0.0.1:" + postfix.port()))) {
                source.awaitEnd();
              }
            });
      }
    };
  }

  private static String policies(SmtpSinkPart sink) {
    return """
    accounts:
      main:
        provider: smtp
        settings: {host: 127.0.0.1, port: %d, tls: none, max_connections: %d}
    tenants:
      bench: {from_domains: [sender.example], streams: {mail: {evidence_window: 0}}}
    """
        .formatted(sink.port(), CONNECTIONS);
  }

  /** What Postfix does: takes mail that is ready, keeps it, hands it on. */
  private static Contender sender(Lab lab, SmtpSinkPart sink, List<AutoCloseable> open)
      throws Exception {
    Topics topics = lab.topics("relay.");
    Part sender = lab.streamsApp("relay", topics, "sender", policies(sink), Map.of());
    open.add(sender);
    return new Contender() {
      @Override
      public String name() {
        return "mailstream, Kafka and sender";
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        return measure(
            sink,
            messages,
            Map.of("sender", sender, "broker", lab.broker()),
            () -> lab.dispatch(topics, new Mails("r" + round, BODY_BYTES), messages));
      }
    };
  }

  private static Contender pipeline(Lab lab, SmtpSinkPart sink, List<AutoCloseable> open)
      throws Exception {
    String policies = policies(sink);
    Topics topics = lab.topics("smtp.");
    Part topology = lab.streamsApp("topology", topics, "topology", policies, Map.of());
    open.add(topology);
    Part sender = lab.streamsApp("sender", topics, "sender", policies, Map.of());
    open.add(sender);
    return new Contender() {
      @Override
      public String name() {
        return "mailstream, whole pipeline";
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        return measure(
            sink,
            messages,
            Map.of("topology", topology, "sender", sender, "broker", lab.broker()),
            () -> lab.request(topics, new Mails("r" + round, BODY_BYTES), messages, true));
      }
    };
  }

  @FunctionalInterface
  private interface Work {
    void send() throws Exception;
  }

  private static Sample measure(SmtpSinkPart sink, int messages, Map<String, Part> parts, Work work)
      throws Exception {
    long before = sink.taken();
    Duration machine = Machine.busy();
    Map<String, Duration> cpu = cpu(sink, parts);
    long start = System.nanoTime();
    work.send();
    Lab.await("the last mail", () -> sink.taken() - before >= messages);
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    Duration spent = Machine.busy().minus(machine);
    Map<String, Duration> each = cpu(sink, parts);
    each.replaceAll((process, after) -> after.minus(cpu.get(process)));
    return new Sample(messages, wall, spent, each);
  }

  private static Map<String, Duration> cpu(SmtpSinkPart sink, Map<String, Part> parts) {
    Map<String, Duration> cpu = new HashMap<>();
    parts.forEach((name, part) -> cpu.put(name, part.cpu()));
    cpu.put(Sample.SINK, sink.cpu());
    return cpu;
  }
}

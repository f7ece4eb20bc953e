package io.mailstream.benchmarks;

import io.mailstream.v1.Lane;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * From the producer's acknowledgement to the ESP call: at half of what the pipeline can do, and on
 * the transactional lane with and without bulk requests queued. Those with the queue come last:
 * while it lasts nothing can be measured without it.
 */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    description = "From acknowledged request to ESP call: at half load, and with bulk mail queued.")
final class LatencyBenchmark implements Callable<Integer> {

  private static final int BODY_BYTES = 2_000;
  private static final int BACKLOG_BODY_BYTES = 200;
  private static final int AT_ONCE = 200;
  private static final int CAPACITY_ROUNDS = 3;
  private static final String HALF = "bulk, half load";
  private static final String QUIET = "transactional, nothing queued";

  @ParentCommand private Benchmarks benchmarks;
  @Mixin private Benchmarks.Common common;

  @Option(
      names = "--seconds",
      defaultValue = "6",
      description = "How long each round is (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--urgent-rate",
      defaultValue = "50",
      description = "Transactional requests a second (${DEFAULT-VALUE}).")
  private double urgentRate;

  @Option(
      names = "--backlog",
      defaultValue = "1000000",
      description = "Bulk requests of 200 bytes that are queued (${DEFAULT-VALUE}); 0: none.")
  private int backlog;

  private Lab lab;
  private Sink sink;
  private Pipeline pipeline;

  @Override
  public Integer call() throws Exception {
    return benchmarks.measure(
        "Latency, %d calls at once, 2 KB".formatted(AT_ONCE), common, any -> HALF, this::run);
  }

  private Map<String, List<Sample>> run(Path directory) throws Exception {
    try (Sink theSink = Sink.start(directory, 0, true);
        Lab theLab = Lab.start(directory);
        Pipeline thePipeline = Pipeline.start(theLab, theSink, AT_ONCE)) {
      sink = theSink;
      lab = theLab;
      pipeline = thePipeline;
      Rounds rounds = common.rounds(10_000);
      double capacity = capacity(rounds);
      benchmarks.out().printf("The pipeline can do %,.0f a second%n", capacity);
      Map<String, List<Sample>> samples =
          new LinkedHashMap<>(
              rounds.run(
                  List.of(
                      paced(HALF, "half", Lane.BULK, capacity / 2),
                      paced(QUIET, "quiet", Lane.TRANSACTIONAL, urgentRate)),
                  benchmarks.out()));
      if (backlog > 0) {
        queue();
        samples.putAll(
            rounds.run(
                List.of(
                    paced(
                        "transactional, %,d bulk requests queued".formatted(backlog),
                        "queued",
                        Lane.TRANSACTIONAL,
                        urgentRate)),
                benchmarks.out()));
      }
      return samples;
    }
  }

  /** Messages a second of the whole pipeline, with nothing to wait for. */
  private double capacity(Rounds rounds) throws Exception {
    Rounds some = new Rounds(rounds.warmUps(), CAPACITY_ROUNDS, rounds.messages());
    Contender contender = pipeline.contender();
    List<Sample> samples = some.run(List.of(contender), benchmarks.out()).get(contender.name());
    pipeline.thaw();
    return samples.stream().mapToDouble(Sample::rate).sorted().toArray()[CAPACITY_ROUNDS / 2];
  }

  private void queue() throws Exception {
    benchmarks.out().printf("Queueing %,d bulk requests%n", backlog);
    benchmarks.out().flush();
    pipeline.freeze();
    lab.request(pipeline.topics(), new Mails("backlog", BACKLOG_BODY_BYTES), backlog, true);
    pipeline.thaw();
  }

  private Contender paced(String name, String run, Lane lane, double rate) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Sample run(int ignored, int round) throws Exception {
        Mails mails = new Mails(run + round, BODY_BYTES).on(lane);
        PacedLoad load = new PacedLoad(lab, sink, pipeline.topics());
        int count = (int) Math.max(1, rate * seconds);
        Sample sample =
            Meter.measure(count, Sample.LOAD, pipeline.parts(), () -> load.run(mails, count, rate));
        Map<String, Double> figures = load.figures();
        figures.put("bulk requests waiting", (double) waiting());
        return sample.with(figures);
      }
    };
  }

  /** How many bulk requests the topology has not read yet. */
  private long waiting() throws Exception {
    String topic = pipeline.topics().requests(Lane.BULK);
    try (Admin admin = lab.admin()) {
      Map<TopicPartition, OffsetAndMetadata> read =
          admin
              .listConsumerGroupOffsets(pipeline.topics().prefix() + "app")
              .partitionsToOffsetAndMetadata()
              .get();
      read.keySet().removeIf(partition -> !partition.topic().equals(topic));
      Map<TopicPartition, OffsetSpec> latest = new LinkedHashMap<>();
      read.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
      var ends = admin.listOffsets(latest).all().get();
      return read.entrySet().stream()
          .mapToLong(entry -> ends.get(entry.getKey()).offset() - entry.getValue().offset())
          .sum();
    }
  }
}

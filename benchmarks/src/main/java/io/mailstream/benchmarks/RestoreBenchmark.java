package io.mailstream.benchmarks;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.suppress.SuppressionStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/**
 * A topology that starts with an empty disk and has to restore the suppression list from its
 * changelog before it is ready, beside one whose list is empty. Each round writes the changelog
 * anew, which is not measured.
 */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = "Starting with --messages suppressions to restore, beside none (10000000).")
final class RestoreBenchmark implements Callable<Integer> {

  private static final String EMPTY = "starts with nothing to restore";

  @ParentCommand private Benchmarks benchmarks;
  @Mixin private Benchmarks.Common common;

  @Override
  public Integer call() throws Exception {
    return benchmarks.measure("Restore, suppressions", common, any -> EMPTY, this::run);
  }

  private Map<String, List<Sample>> run(Path directory) throws Exception {
    try (Lab lab = Lab.start(directory)) {
      Rounds rounds = common.rounds(10_000_000);
      return rounds.run(
          List.of(
              start(lab, EMPTY, "empty", 0),
              start(
                  lab,
                  "restores %,d suppressions".formatted(rounds.messages()),
                  "filled",
                  rounds.messages())),
          benchmarks.out());
    }
  }

  private static Contender start(Lab lab, String name, String id, int entries) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        String unique = id + "-" + round;
        Topics topics = lab.topics(unique + ".");
        fill(lab, topics, entries);
        Part[] topology = new Part[1];
        try {
          Sample sample =
              Meter.measure(
                  messages,
                  Map.of("broker", lab.broker()),
                  () ->
                      topology[0] =
                          lab.streamsApp(unique, topics, "topology", Pipeline.NOWHERE, Map.of()));
          Map<String, Duration> cpu = new LinkedHashMap<>(sample.cpu());
          cpu.put("topology", topology[0].cpu());
          Map<String, Double> figures = new LinkedHashMap<>();
          figures.put("seconds", sample.wall().toMillis() / 1e3);
          figures.put("MB of memory", topology[0].residentBytes() / 1e6);
          figures.put(
              "MB on disk",
              (double) KeptStep.megabytes(lab.directory().resolve(unique + "-state")));
          return new Sample(messages, sample.wall(), sample.machine(), cpu, figures);
        } finally {
          if (topology[0] != null) {
            topology[0].close();
          }
        }
      }
    };
  }

  /** The changelog, as Kafka Streams names and the store encodes it. */
  private static void fill(Lab lab, Topics topics, int entries) throws Exception {
    String changelog = "%sapp-%s-changelog".formatted(topics.prefix(), SuppressionStore.NAME);
    try (Admin admin = lab.admin()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(changelog, Lab.PARTITIONS, (short) 1)
                      .configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
    }
    ByteBuffer encoded = SuppressionState.getEncoder().encode(SuppressionKept.state());
    byte[] value = new byte[encoded.remaining()];
    encoded.get(value);
    AtomicReference<Exception> failure = new AtomicReference<>();
    Callback noting = Lab.noting(failure);
    for (int i = 0; i < entries; i++) {
      byte[] key = RecipientKey.of(SuppressionList.address(i)).getBytes(StandardCharsets.UTF_8);
      lab.write(new ProducerRecord<>(changelog, key, value), noting);
    }
    lab.flush(failure);
  }
}

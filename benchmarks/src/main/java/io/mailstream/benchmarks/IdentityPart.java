package io.mailstream.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/** The cheapest topology there is: what comes in goes out, as the bytes that it is. */
final class IdentityPart {

  private static final int REGISTRY = 6;

  private IdentityPart() {}

  /**
   * Starts one, and returns when it works.
   *
   * @param id its application id, and what its files are named after
   * @param more a registry, if it is to read and write Avro and to remember what it has seen
   */
  static Part start(Lab lab, String id, String in, String out, List<String> more)
      throws IOException {
    Path directory = lab.directory();
    String state = directory.resolve(id + "-state").toString();
    List<String> arguments = new ArrayList<>(List.of(lab.bootstrap(), id, in, out, state, "2"));
    arguments.addAll(more);
    Part part =
        Part.java(
            id, directory, "768m", IdentityPart.class.getName(), arguments.toArray(String[]::new));
    part.awaitReady();
    return part;
  }

  /**
   * Runs until its parent ends.
   *
   * @param args brokers, application id, topic in, topic out, state directory, threads; and a
   *     registry, if it is to read and write Avro and to remember what it has seen
   */
  public static void main(String[] args) {
    Properties config = new Properties();
    config.putAll(Lab.PATIENT);
    config.putAll(
        Map.of(
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
            args[0],
            StreamsConfig.APPLICATION_ID_CONFIG,
            args[1],
            StreamsConfig.STATE_DIR_CONFIG,
            args[4],
            StreamsConfig.NUM_STREAM_THREADS_CONFIG,
            args[5],
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.EXACTLY_ONCE_V2,
            "producer.compression.type",
            "lz4"));
    Topology topology =
        args.length > REGISTRY
            ? Remembering.topology(args[2], args[3], args[REGISTRY])
            : copying(args[2], args[3]);
    try (KafkaStreams streams = new KafkaStreams(topology, config)) {
      streams.setStateListener((state, before) -> {
        if (state == KafkaStreams.State.RUNNING) {
          System.out.println(Part.READY + args[1]);
        }
      });
      streams.start();
      ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
  }

  private static Topology copying(String in, String out) {
    var bytes = Serdes.ByteArray();
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(in, Consumed.with(bytes, bytes)).to(out, Produced.with(bytes, bytes));
    return builder.build();
  }
}

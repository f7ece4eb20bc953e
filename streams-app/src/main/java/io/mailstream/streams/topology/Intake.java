package io.mailstream.streams.topology;

import io.mailstream.streams.topology.MailTopology.Settings;
import io.mailstream.streams.validate.ValidateStep;
import io.mailstream.v1.Lane;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/**
 * The way in, once per class: source, check of requests, home partition, and the repartition hop
 * for what is not at home. Each class has a hop of its own, so that rank holds through it.
 */
final class Intake {

  // What Kafka Streams calls the nodes of a repartition of a given name.
  private static final String FILTER = "-repartition-filter";
  private static final String SOURCE = "-repartition-source";

  private final StreamsBuilder builder;
  private final Settings settings;
  private final String next;
  private final SourceMeters meters;

  /**
   * The way into one topology.
   *
   * @param next the node that everything goes to
   */
  Intake(StreamsBuilder builder, Settings settings, String next) {
    this.builder = builder;
    this.settings = settings;
    this.next = next;
    this.meters = new SourceMeters(settings.meters());
  }

  /**
   * The names of the nodes that lead to the next node.
   *
   * @param home has what was at home
   * @param hop has what took the hop
   */
  record Exits(String home, String hop) {}

  /**
   * Requests of one lane.
   *
   * @param results the node that takes the results of what is refused
   */
  Exits requests(Lane lane, String results) {
    LaneClass laneClass = LaneClass.of(lane);
    return home(
        laneClass,
        Map.of(),
        source(
                laneClass,
                "requests-" + laneClass.label(),
                List.of(settings.topics().requests(lane)))
            .process(
                TracedStep.ofRequests(
                    new ValidateStep(
                        lane,
                        settings.policies(),
                        new ValidateStep.Outputs(homeNode(laneClass), results),
                        settings.meters()),
                    settings),
                Named.as(validateNode(lane))));
  }

  /** Records of which each topic has its own type. */
  Exits events(LaneClass laneClass, Map<String, Class<? extends SpecificRecord>> topics) {
    return home(
        laneClass,
        topics,
        source(laneClass, laneClass.label(), topics.keySet().stream().sorted().toList()));
  }

  static String validateNode(Lane lane) {
    return "validate-" + LaneClass.of(lane).label();
  }

  private KStream<byte[], SpecificRecord> source(
      LaneClass laneClass, String name, List<String> topics) {
    for (String topic : topics) {
      meters.topic(topic);
      DeadLetters.counter(settings.meters(), topic);
    }
    return builder.stream(
        topics,
        Consumed.with(Serdes.ByteArray(), settings.avro())
            .withTimestampExtractor(new LaneTimestampExtractor(laneClass, settings.clock(), meters))
            .withName(name));
  }

  private <K> Exits home(
      LaneClass laneClass,
      Map<String, Class<? extends SpecificRecord>> types,
      KStream<K, SpecificRecord> records) {
    String hop = hop(laneClass);
    Serde<SpecificRecord> serde = HopSerde.create();
    ProcessorSupplier<Object, SpecificRecord, String, SpecificRecord> check =
        () -> new HomePartition(types, settings.partitions(), next, hop + FILTER);
    records
        .process(check, Named.as(homeNode(laneClass)))
        .repartition(
            Repartitioned.with(Serdes.String(), serde)
                .withName(hop)
                .withNumberOfPartitions(settings.partitions()));
    return new Exits(homeNode(laneClass), hop + SOURCE);
  }

  /** The internal topic of a class's repartition hop, as Kafka Streams names it. */
  static String hopTopic(String applicationId, LaneClass laneClass) {
    return applicationId + "-" + hop(laneClass) + "-repartition";
  }

  private static String hop(LaneClass laneClass) {
    return "hop-" + laneClass.label();
  }

  private static String homeNode(LaneClass laneClass) {
    return "home-" + laneClass.label();
  }
}

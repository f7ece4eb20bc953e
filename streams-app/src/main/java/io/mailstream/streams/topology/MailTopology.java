package io.mailstream.streams.topology;

import io.mailstream.policy.Policies;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.Topics;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.deduplicate.DeduplicateStep;
import io.mailstream.streams.hold.HoldSupplier;
import io.mailstream.streams.reputation.StreamReports;
import io.mailstream.streams.route.RouteStep;
import io.mailstream.streams.route.Router;
import io.mailstream.streams.suppress.PlacedKey;
import io.mailstream.streams.suppress.SuppressStep;
import io.mailstream.streams.suppress.SuppressionStore;
import io.mailstream.streams.topology.Intake.Exits;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SuppressionCommand;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The way of a mail: what comes in, the steps in their order, what goes out. One sub-topology: one
 * task owns everything about an address. All names are fixed; renaming a store or an internal topic
 * loses what it holds.
 */
public final class MailTopology {

  private static final String WALL_CLOCK = "wall-clock";
  private static final String DEDUPLICATE = "deduplicate";
  private static final String SUPPRESS = "suppress";
  private static final String ROUTE = "route";
  private static final String HOLD = "hold";
  private static final String RESULTS = "results";
  private static final String DISPATCH = "dispatch";
  private static final String TO_RESULTS = "to-results";
  private static final String TO_SUPPRESSIONS = "to-suppressions";
  private static final String TO_STREAM_ACTIVITY = "to-stream-activity";
  private static final String TO_DISPATCH_TRANSACTIONAL = "to-dispatch-transactional";
  private static final String TO_DISPATCH_BULK = "to-dispatch-bulk";

  private MailTopology() {}

  /**
   * What the topology is built from.
   *
   * @param topics the topics of the installation
   * @param partitions the partition count of every keyed topic
   * @param policies what may be sent
   * @param hash what stands for addresses in the suppression list
   * @param accounts which accounts take mail, and how fast
   * @param reports what is known of the streams beyond one partition
   * @param avro reads and writes the public topics; shared by all threads
   * @param meters where the steps count
   * @param tracing makes spans of what happens to a mail
   * @param clock the time of arrival; the driver's own in tests
   * @param jitterSeed seed of the jitter of retries
   */
  public record Settings(
      Topics topics,
      int partitions,
      Policies policies,
      RecipientHash hash,
      KnownAccounts accounts,
      StreamReports reports,
      Serde<SpecificRecord> avro,
      MeterRegistry meters,
      Tracing tracing,
      InstantSource clock,
      long jitterSeed) {}

  /** Builds the topology. */
  public static Topology build(Settings settings) {
    Topics topics = settings.topics();
    Policies policies = settings.policies();
    MeterRegistry meters = settings.meters();
    FlowMeters flow = new FlowMeters(meters);
    FeedbackMeters feedback = new FeedbackMeters(policies.domainGroups(), meters);
    feedback.expect(policies.tenants().values());
    Router router = new Router(policies, settings.accounts());
    StoreBuilder<KeyValueStore<String, SuppressionState>> suppressions = SuppressionStore.builder();

    StreamsBuilder builder = new StreamsBuilder(explicitNaming());
    Intake intake = new Intake(builder, settings, WALL_CLOCK);
    Exits transactional = intake.requests(Lane.TRANSACTIONAL, RESULTS);
    Exits bulk = intake.requests(Lane.BULK, RESULTS);
    Exits control =
        intake.events(
            LaneClass.CONTROL,
            Map.of(
                topics.cancellations(), Cancellation.class,
                topics.deferrals(), Deferral.class,
                topics.feedback(), FeedbackEvent.class,
                topics.suppressionCommands(), SuppressionCommand.class));
    Exits imports =
        intake.events(
            LaneClass.IMPORTS, Map.of(topics.suppressionImports(), SuppressionCommand.class));

    return builder
        .build()
        .addProcessor(
            WALL_CLOCK,
            TracedStep.ofEvents(() -> new WallClock(flow, feedback), settings),
            transactional.home(),
            transactional.hop(),
            bulk.home(),
            bulk.hop(),
            control.home(),
            control.hop(),
            imports.home(),
            imports.hop())
        .addProcessor(
            DEDUPLICATE,
            new DeduplicateStep(
                policies.deduplication(), new DeduplicateStep.Outputs(SUPPRESS, RESULTS), meters),
            WALL_CLOCK)
        .addProcessor(
            SUPPRESS,
            new SuppressStep(
                suppressions,
                policies.suppression(),
                settings.hash(),
                new SuppressStep.Outputs(ROUTE, RESULTS, TO_SUPPRESSIONS),
                meters),
            DEDUPLICATE)
        .addProcessor(ROUTE, new RouteStep(router, new RouteStep.Outputs(HOLD, RESULTS)), SUPPRESS)
        .addProcessor(
            HOLD,
            new HoldSupplier(
                new HoldSupplier.Settings(
                    DISPATCH,
                    DISPATCH,
                    RESULTS,
                    policies,
                    settings.accounts(),
                    ReleaseDecision.factory(suppressions, settings.hash(), router),
                    settings.partitions(),
                    meters,
                    settings.jitterSeed(),
                    settings.reports(),
                    TO_STREAM_ACTIVITY,
                    settings.tracing())),
            ROUTE)
        .addProcessor(
            RESULTS,
            () -> new ResultSink(flow),
            Intake.validateNode(Lane.TRANSACTIONAL),
            Intake.validateNode(Lane.BULK),
            DEDUPLICATE,
            SUPPRESS,
            ROUTE,
            HOLD)
        .addProcessor(
            DISPATCH,
            () -> new DispatchSink(flow, TO_DISPATCH_TRANSACTIONAL, TO_DISPATCH_BULK),
            HOLD)
        .addSink(TO_RESULTS, topics.results(), keys(), avro(settings), RESULTS)
        .addSink(
            TO_SUPPRESSIONS,
            topics.suppressions(),
            PlacedKey.serializer(),
            avro(settings),
            PlacedKey.partitioner(),
            SUPPRESS)
        .addSink(TO_STREAM_ACTIVITY, topics.streamActivity(), keys(), avro(settings), HOLD)
        .addSink(
            TO_DISPATCH_TRANSACTIONAL,
            topics.dispatch(Lane.TRANSACTIONAL),
            keys(),
            avro(settings),
            DISPATCH)
        .addSink(TO_DISPATCH_BULK, topics.dispatch(Lane.BULK), keys(), avro(settings), DISPATCH);
  }

  /** The topics that it reads, internal ones apart. */
  static List<String> sources(Topics topics) {
    return List.of(
        topics.requests(Lane.TRANSACTIONAL),
        topics.requests(Lane.BULK),
        topics.cancellations(),
        topics.deferrals(),
        topics.feedback(),
        topics.suppressionCommands(),
        topics.suppressionImports());
  }

  private static Serializer<String> keys() {
    return Serdes.String().serializer();
  }

  private static Serializer<SpecificRecord> avro(Settings settings) {
    return settings.avro().serializer();
  }

  /** Refuses names that Kafka Streams would make up; the other two are only required. */
  private static TopologyConfig explicitNaming() {
    return new TopologyConfig(
        new StreamsConfig(
            Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG, "mailstream",
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:9092",
                StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true)));
  }
}

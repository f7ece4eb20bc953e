package io.mailstream.app;

import io.helidon.webserver.http.HttpRouting;
import io.mailstream.policy.Policies;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.health.HealthCheck;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroSerde;
import io.mailstream.streams.query.QueryApi;
import io.mailstream.streams.query.QuerySettings;
import io.mailstream.streams.query.SuppressionWriter;
import io.mailstream.streams.topology.MailStreams;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.state.HostInfo;

/** The topology, and the query API on its stores. */
final class TopologyRole implements Role {

  private final StreamsAppConfig config;
  private final Policies policies;
  private final MeterRegistry meters;
  private final Tracing tracing;
  private final Supplier<HostInfo> self;
  private final QueryApi queries;
  private volatile MailStreams mail;

  /**
   * The role.
   *
   * @param tracing makes spans of what happens to a mail
   * @param self where other instances reach this one; asked once the HTTP server listens
   */
  TopologyRole(
      StreamsAppConfig config,
      Policies policies,
      MeterRegistry meters,
      Tracing tracing,
      Supplier<HostInfo> self) {
    this.config = config;
    this.policies = policies;
    this.meters = meters;
    this.tracing = tracing;
    this.self = self;
    this.queries =
        new QueryApi(
            new QueryApi.Settings(
                this::streams,
                () -> mail == null ? 0 : mail.partitions(),
                () -> mail == null ? Optional.empty() : mail.reports(),
                QuerySettings.maxBehind(config),
                self,
                CommonConfig.apiTokens(config),
                config.getString(CommonConfig.HTTP_HOST),
                policies,
                RecipientHash.of(config),
                writer(config),
                InstantSource.system(),
                meters));
  }

  private static SuppressionWriter.Settings writer(StreamsAppConfig config) {
    MailstreamAvroSerde<SpecificRecord> avro = new MailstreamAvroSerde<>();
    avro.configure(QuerySettings.serdes(config), false);
    return new SuppressionWriter.Settings(
        CommonConfig.kafkaClient(config),
        new Topics(config.getString(CommonConfig.TOPICS_PREFIX)),
        avro,
        QuerySettings.writeTimeout(config));
  }

  @Override
  public String name() {
    return StreamsAppConfig.TOPOLOGY;
  }

  @Override
  public void start() {
    mail = new MailStreams(config, policies, meters, tracing, InstantSource.system(), self.get());
    mail.start();
  }

  @Override
  public List<HealthCheck> livenessChecks() {
    return List.of(HealthCheck.of("topology", () -> mail.liveness()));
  }

  @Override
  public List<HealthCheck> readinessChecks() {
    return List.of(HealthCheck.of("topology", () -> mail.readiness()));
  }

  @Override
  public void routes(HttpRouting.Builder routing) {
    queries.register(routing);
  }

  @Override
  public void close() {
    if (mail != null) {
      mail.close();
    }
    queries.close();
  }

  private Optional<KafkaStreams> streams() {
    return Optional.ofNullable(mail).flatMap(MailStreams::streams);
  }
}

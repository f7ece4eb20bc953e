package io.mailstream.streams.query;

import io.helidon.webserver.http.HttpRouting;
import io.mailstream.policy.Policies;
import io.mailstream.runtime.http.BearerAuth;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.streams.reputation.HeardReports;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.state.HostInfo;

/**
 * The query API: questions about the suppression list, and changes of it; {@code /openapi.yaml} has
 * all of it. Any instance answers: from its own store, or by asking the one that owns the address,
 * or one that keeps a copy while the owner is away. Errors are problem+json: 400 for what is not
 * understood, 503 with Retry-After for what nobody can answer now.
 */
public final class QueryApi implements AutoCloseable {

  private final BearerAuth auth;
  private final OwnerClient owners = new OwnerClient();
  private final SuppressionWriter writer;
  private final SuppressionReads reads;
  private final SuppressionListing listing;
  private final RecipientReads recipients;
  private final HoldReads holds;
  private final StreamReads streams;
  private final SuppressionWrites writes;
  private final OpenApi openApi = new OpenApi();

  /**
   * What the API needs.
   *
   * @param streams the application; empty: not started yet
   * @param partitions how many partitions the stores have; 0: not known yet
   * @param reports what is known of the tenants' streams; empty: not started yet
   * @param maxBehind how many records a copy may be behind and still answer for its owner
   * @param self this instance, as its {@code application.server} names it
   * @param tokens the bearer tokens that are let in, as {@link BearerAuth} has them; the same on
   *     every instance
   * @param host the address that the HTTP server listens on
   * @param policies where the limits stand
   * @param hash what stands for addresses in the list
   * @param writer how changes are written
   * @param clock what decides whether an entry has expired
   * @param meters where it counts what it answers
   */
  public record Settings(
      Supplier<Optional<KafkaStreams>> streams,
      IntSupplier partitions,
      Supplier<Optional<HeardReports>> reports,
      long maxBehind,
      Supplier<HostInfo> self,
      List<String> tokens,
      String host,
      Policies policies,
      RecipientHash hash,
      SuppressionWriter.Settings writer,
      InstantSource clock,
      MeterRegistry meters) {}

  /**
   * The API.
   *
   * @throws IllegalArgumentException if a token is not as it must be, or there is none and the host
   *     is beyond loopback
   */
  public QueryApi(Settings settings) {
    this.auth = BearerAuth.of(settings.tokens(), settings.host());
    this.writer = new SuppressionWriter(settings.writer());
    Places places = new Places(settings.streams(), settings.self(), settings.partitions());
    LocalStore local = new LocalStore(settings.streams(), settings.hash(), settings.maxBehind());
    LocalHolds held =
        new LocalHolds(settings.streams(), places, settings.policies(), settings.clock());
    Lookup lookup = new Lookup(places, local, owners, settings.clock());
    this.reads = new SuppressionReads(lookup, settings.meters());
    this.listing =
        new SuppressionListing(places, local, owners, settings.clock(), settings.meters());
    this.recipients = new RecipientReads(places, held, lookup, owners, settings.meters());
    this.holds = new HoldReads(places, held, owners, settings.clock(), settings.meters());
    this.streams =
        new StreamReads(
            settings.reports(), settings.policies(), settings.clock(), settings.meters());
    this.writes =
        new SuppressionWrites(writer, auth, settings.hash(), settings.clock(), settings.meters());
  }

  /** Adds the API's routes. */
  public void register(HttpRouting.Builder routes) {
    openApi.register(routes);
    routes.any("/v1/*", auth);
    listing.register(routes);
    reads.register(routes);
    recipients.register(routes);
    holds.register(routes);
    streams.register(routes);
    writes.register(routes);
  }

  @Override
  public void close() {
    owners.close();
    writer.close();
  }
}

package io.mailstream.webhook;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ConfigFaults;
import io.mailstream.runtime.config.ConfigSources;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.lifecycle.Shutdown;
import io.mailstream.runtime.logging.Logging;
import io.mailstream.runtime.metrics.Metrics;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.UnsubscribeKeys;
import io.mailstream.schemas.UnsubscribeTokens;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.mailgun.MailgunWebhook;
import io.mailstream.webhook.provider.mandrill.MandrillWebhook;
import io.mailstream.webhook.provider.postmark.PostmarkWebhook;
import io.mailstream.webhook.provider.sendgrid.SendGridWebhook;
import io.mailstream.webhook.provider.ses.HttpOutbound;
import io.mailstream.webhook.provider.ses.Outbound;
import io.mailstream.webhook.provider.ses.SesWebhook;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The webhook ingester: a small HTTP service that turns the ESPs' signed callbacks into feedback
 * events, and takes unsubscribes. It has no state of its own, so any number of instances may run.
 * An ESP that is not configured is not there, and without keys there are no unsubscribe links.
 */
public final class WebhookIngestApp implements AutoCloseable {

  private static final String NAME = "webhook-ingest";

  private final Shutdown shutdown;
  private final HttpService server;

  private WebhookIngestApp(Shutdown shutdown, HttpService server) {
    this.shutdown = shutdown;
    this.server = server;
  }

  /** {@code webhook-ingest [--config FILE]}; the environment goes over the file. */
  public static void main(String[] args) throws InterruptedException {
    Optional<Path> file;
    if (args.length == 0) {
      file = Optional.empty();
    } else if (args.length == 2 && args[0].equals("--config")) {
      file = Optional.of(Path.of(args[1]));
    } else {
      System.err.println("usage: webhook-ingest [--config FILE]");
      System.exit(2);
      return;
    }
    WebhookIngestApp app;
    try {
      app = start(ConfigSources.load(file, System.getenv(), Map.of()));
    } catch (ConfigFaults e) {
      e.faults().forEach(System.err::println);
      System.exit(1);
      return;
    }
    app.shutdown.onJvmShutdown();
    app.shutdown.await();
  }

  /**
   * Starts the service. Comes back when it listens, whether or not Kafka is there: readiness says.
   *
   * @param values the settings of {@link WebhookConfig}
   * @throws ConfigFaults with every fault of the settings
   */
  public static WebhookIngestApp start(Map<String, String> values) {
    return start(values, Tracing::create);
  }

  /** The same with tracing of another kind. */
  public static WebhookIngestApp start(Map<String, String> values, Tracing.Factory traces) {
    WebhookConfig config = new WebhookConfig(values);
    HttpOutbound outbound = new HttpOutbound();
    return start(config, outbound, outbound, InstantSource.system(), traces);
  }

  static WebhookIngestApp start(
      WebhookConfig config, Outbound outbound, AutoCloseable closeable, InstantSource clock) {
    return start(config, outbound, closeable, clock, Tracing::create);
  }

  private static WebhookIngestApp start(
      WebhookConfig config,
      Outbound outbound,
      AutoCloseable closeable,
      InstantSource clock,
      Tracing.Factory traces) {
    Logging.configure(CommonConfig.logsClearAddresses(config));
    Shutdown shutdown = new Shutdown();
    Metrics metrics = Metrics.create(NAME);
    Tracing tracing = traces.create(config, NAME, metrics.registry());
    Topics topics = new Topics(config.getString(CommonConfig.TOPICS_PREFIX));
    RecordWriter writer = new RecordWriter(config);
    FeedbackPublisher publisher = new FeedbackPublisher(topics, writer);
    UnsubscribePublisher unsubscribes = new UnsubscribePublisher(topics, writer);
    Optional<UnsubscribeTokens> tokens = UnsubscribeKeys.tokens(config);
    List<Output> outputs = new ArrayList<>(publisher.outputs());
    tokens.ifPresent(keys -> outputs.add(unsubscribes.output()));
    Readiness readiness = new Readiness(config, outputs, writer);
    Health health = new Health();
    readiness.checks().forEach(health::readiness);
    UsedNonces nonces = new UsedNonces();
    Optional<NonceTail> tail =
        ProviderConfig.mailgun(config).map(mailgun -> NonceTail.start(config, nonces, clock));
    WebhookMeters meters = new WebhookMeters(metrics.registry());
    tail.ifPresent(one -> meters.nonces("mailgun", nonces::isComplete));
    WebhookRoutes routes =
        new WebhookRoutes(
            providers(config, outbound, clock), publisher, nonces, meters, tracing, clock);
    Optional<UnsubscribeRoutes> unsubscribe =
        tokens.map(keys -> new UnsubscribeRoutes(keys, unsubscribes, meters, clock));
    HttpService server;
    try {
      server =
          HttpService.start(
              NAME,
              config.getString(CommonConfig.HTTP_HOST),
              config.getInt(CommonConfig.HTTP_PORT),
              config.getLong(CommonConfig.HTTP_MAX_BODY_BYTES),
              health,
              metrics,
              routing -> {
                routes.register(routing);
                unsubscribe.ifPresent(links -> links.register(routing));
              });
    } catch (RuntimeException e) {
      tail.ifPresent(NonceTail::close);
      readiness.close();
      writer.close();
      tracing.close();
      metrics.close();
      throw e;
    }
    // First nothing more comes in, then what is in flight is written.
    shutdown.register("http", Duration.ofSeconds(3), server);
    shutdown.register("writer", Duration.ofSeconds(4), writer);
    tail.ifPresent(one -> shutdown.register("nonces", Duration.ofSeconds(1), one));
    shutdown.register("readiness", Duration.ofSeconds(2), readiness);
    shutdown.register("outbound", Duration.ofSeconds(1), closeable);
    shutdown.register("traces", Duration.ofSeconds(2), tracing);
    shutdown.register("metrics", Duration.ofSeconds(1), metrics);
    return new WebhookIngestApp(shutdown, server);
  }

  /** Those that are configured. */
  private static List<WebhookProvider> providers(
      WebhookConfig config, Outbound outbound, InstantSource clock) {
    List<WebhookProvider> providers = new ArrayList<>();
    config.ses().map(ses -> new SesWebhook(ses, outbound, clock)).ifPresent(providers::add);
    ProviderConfig.sendGrid(config).map(SendGridWebhook::new).ifPresent(providers::add);
    ProviderConfig.mailgun(config).map(MailgunWebhook::new).ifPresent(providers::add);
    ProviderConfig.postmark(config).map(PostmarkWebhook::new).ifPresent(providers::add);
    ProviderConfig.mandrill(config).map(MandrillWebhook::new).ifPresent(providers::add);
    return providers;
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** Its URL without a path. */
  public String url() {
    return server.url();
  }

  /** Stops taking callbacks, finishes those in flight, and ends; within ten seconds. */
  @Override
  public void close() {
    shutdown.close();
  }
}

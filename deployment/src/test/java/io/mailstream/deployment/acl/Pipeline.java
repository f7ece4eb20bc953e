package io.mailstream.deployment.acl;

import io.mailstream.app.StreamsApp;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.embedded.ses.SnsOptions;
import io.mailstream.embedded.ses.SnsTopic;
import io.mailstream.webhook.WebhookIngestApp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The whole system on a broker that has the users and the ACLs of strimzi/ and no others: topology,
 * sender and webhook ingester log in as their own users.
 */
final class Pipeline implements AutoCloseable {

  private static final Duration READY = Duration.ofSeconds(90);

  /** What Mailgun's callbacks are signed with. */
  static final String MAILGUN_KEY = "mailgun-key";

  /** What unsubscribe links are made with. */
  static final String UNSUBSCRIBE_KEYS = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  private static final String POLICIES =
      """
      accounts:
        simulator:
          provider: ses
          limit: {rate: 200/s}
          settings: {region: us-east-1, endpoint: "%s", configuration_set: mailstream}
      tenants:
        demo:
          from_domains: [example.com]
          streams:
            alerts: {}
            # One mail to an address passes at once, the next two seconds later.
            digest: {limit: {rate: 60/m, burst: 2}}
            news:
              reputation: {window: 1h, min_mails: 2, max_bounce_rate: 5%%, pause: until_resumed}
      retry: {initial: 100ms, max: 1s, max_attempts: 5, max_age: 1h}
      """;

  private final SecuredBroker broker = new SecuredBroker();
  private final EmbeddedRegistry registry = EmbeddedRegistry.shared();
  private final SesSimulator ses = SesSimulator.start(SesSimulator.Options.defaults());
  private final Path directory;
  private final WebhookIngestApp webhooks;
  private final StreamsApp topology;
  private final StreamsApp sender;
  private final SnsTopic events;

  /**
   * Starts everything and returns when it is ready.
   *
   * @param directory where its files may lie
   */
  Pipeline(Path directory) throws Exception {
    this.directory = directory;
    RecordingAuthorizer.forget();
    webhooks = WebhookIngestApp.start(webhookSettings());
    topology = StreamsApp.start(streamsSettings("topology"));
    sender = StreamsApp.start(streamsSettings("sender"));
    events = ses.subscribe(SnsOptions.to(URI.create(webhooks.url() + "/webhooks/ses")));
    awaitReady();
  }

  private void awaitReady() throws InterruptedException {
    Await.that("the webhook ingester is ready", READY, () -> Http.status(webhooks.url()) == 200);
    Await.that("the topology is ready", READY, () -> Http.status(topology.url()) == 200);
    Await.that("the sender is ready", READY, () -> Http.status(sender.url()) == 200);
    if (!events.awaitConfirmed(READY)) {
      throw new IllegalStateException("the subscription to SES's events is not confirmed");
    }
  }

  private Map<String, String> webhookSettings() {
    Map<String, String> settings = service("mailstream-webhook-ingest");
    settings.put("ses.sns.topic.arns", SnsOptions.DEFAULT_TOPIC_ARN);
    settings.put("ses.sns.test.certificate", ses.signingCertificateUrl());
    settings.put("mailgun.signing.keys", MAILGUN_KEY);
    settings.put("unsubscribe.keys", UNSUBSCRIBE_KEYS);
    return settings;
  }

  private Map<String, String> streamsSettings(String role) throws IOException {
    Path policies = directory.resolve("policies.yaml");
    Files.writeString(policies, POLICIES.formatted(ses.url()));
    Map<String, String> settings = service("mailstream-" + role);
    settings.put("role", role);
    settings.put("policies.file", policies.toString());
    settings.put("topology.state.dir", directory.resolve("streams").toString());
    settings.put("topology.standbys", "0");
    settings.put("topology.threads", "1");
    settings.put("streams.repartition.purge.interval.ms", "500");
    settings.put("sender.instance.id", "sender-0");
    settings.put("sender.purge.interval.ms", "200");
    settings.put("accounts.simulator.access.key.id", "simulated");
    settings.put("accounts.simulator.secret.access.key", "simulated");
    return settings;
  }

  /** What a service of ours needs to know, as a user. */
  Map<String, String> service(String user) {
    Map<String, String> settings = new HashMap<>();
    broker.client(user).forEach((key, value) -> settings.put("kafka." + key, value));
    settings.put("bootstrap.servers", settings.remove("kafka.bootstrap.servers"));
    settings.put("schema.registry.url", registry.url());
    settings.put("http.host", "127.0.0.1");
    settings.put("http.port", "0");
    return settings;
  }

  SecuredBroker broker() {
    return broker;
  }

  String registryUrl() {
    return registry.url();
  }

  String webhooksUrl() {
    return webhooks.url();
  }

  String apiUrl() {
    return topology.url();
  }

  SesSimulator ses() {
    return ses;
  }

  /** SES's events to the webhook ingester. */
  SnsTopic events() {
    return events;
  }

  /** What a metric of the topology adds up to over its labels. */
  double metric(String name) {
    return metric(name, "");
  }

  /** The sum of a metric of the topology over those with a label. */
  double metric(String name, String label) {
    return Http.get(topology.url() + "/metrics")
        .lines()
        .filter(line -> line.startsWith(name) && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() {
    ses.stopCallbacks();
    sender.close();
    topology.close();
    webhooks.close();
    ses.close();
    broker.close();
  }
}

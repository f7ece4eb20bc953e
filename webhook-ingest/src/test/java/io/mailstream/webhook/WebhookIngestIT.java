package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.WebhookRequest;
import io.mailstream.webhook.provider.mailgun.MailgunSigner;
import io.mailstream.webhook.provider.mandrill.MandrillSigner;
import io.mailstream.webhook.provider.sendgrid.SendGridSigner;
import io.mailstream.webhook.provider.ses.SnsSigner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service on a real broker and registry; signed by a certificate on loopback. */
class WebhookIngestIT {

  private static final String ARN = "arn:aws:sns:eu-west-1:123456789012:mail";
  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final HttpResponse.BodyHandler<String> TEXT = HttpResponse.BodyHandlers.ofString();
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String MANDRILL_URL = "https://hooks.example.com/webhooks/mandrill";
  private static final SendGridSigner SENDGRID = new SendGridSigner();
  private static final MailgunSigner MAILGUN = new MailgunSigner("mailgun-key");
  private static final MandrillSigner MANDRILL = new MandrillSigner(MANDRILL_URL, "mandrill-key");
  private static final SnsSigner SIGNER = SnsSigner.validNow("127.0.0.1");
  private static final AtomicInteger confirmations = new AtomicInteger();

  // Not the shared one: a test stops it and starts it again on the same port and data.
  private static EmbeddedKafka kafka;
  private static EmbeddedRegistry registry;
  private static HttpServer simulator;
  private static WebhookIngestApp app;
  private static Instant begun;
  private static final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(EmbeddedKafka.Options.defaults());
    registry = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty());
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicSetup.createMissing(admin, TOPICS, 2, (short) 1);
      Topics.TopicSpec nonces = TOPICS.webhookNonces();
      admin
          .createTopics(List.of(new NewTopic(nonces.name(), 2, (short) 1).configs(nonces.config())))
          .all()
          .get();
    }
    simulator = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    simulator.createContext(
        "/sns.pem",
        exchange -> {
          byte[] pem = SIGNER.certificate();
          exchange.sendResponseHeaders(200, pem.length);
          exchange.getResponseBody().write(pem);
          exchange.close();
        });
    simulator.createContext(
        "/confirm",
        exchange -> {
          confirmations.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    simulator.start();
    begun = Instant.now();
    app = WebhookIngestApp.start(settings());
  }

  @AfterAll
  static void stop() {
    app.close();
    simulator.stop(0);
    registry.close();
    kafka.close();
    http.close();
  }

  @Test
  void aHardBounceBecomesAFeedbackEventOfItsRecipient() throws Exception {
    String id = UUID.randomUUID().toString();

    assertThat(post(notification(id, bounce("Jane@Example.com"))).statusCode()).isEqualTo(204);

    ConsumerRecord<String, FeedbackEvent> record = feedback(TOPICS.feedback(), id);
    assertThat(record.key()).isEqualTo("jane@example.com");
    assertThat(record.value().getType()).isEqualTo(FeedbackType.BOUNCED);
    assertThat(record.value().getRecipient()).isEqualTo("Jane@Example.com");
    assertThat(record.value().getDeliveryId()).isEqualTo("d1");
    assertThat(metric("mailstream_webhook_events_total", "bounced")).isPositive();
  }

  @Test
  void opensGoToTheEngagementTopic() throws Exception {
    String id = UUID.randomUUID().toString();
    String open =
        """
        {"eventType":"Open","open":{"timestamp":"2026-11-21T09:00:00Z"},
         "mail":{"destination":["jane@example.com"],"messageId":"m1"}}\
        """;

    assertThat(post(notification(id, open)).statusCode()).isEqualTo(204);

    assertThat(feedback(TOPICS.engagement(), id).value().getType()).isEqualTo(FeedbackType.OPENED);
  }

  @Test
  void whatIsNotUnderstoodIsKeptAndAcknowledged() throws Exception {
    String message = "{\"eventType\":\"Teleported\",\"id\":\"" + UUID.randomUUID() + "\"}";

    assertThat(post(notification("u1", message)).statusCode()).isEqualTo(204);

    ConsumerRecord<byte[], byte[]> letter =
        find(
            TOPICS.deadLetters(),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer(),
            record -> new String(record.value(), StandardCharsets.UTF_8).equals(message));
    assertThat(header(letter, DeadLetterHeaders.REASON)).contains("'Teleported' is not known");
    assertThat(header(letter, DeadLetterHeaders.ORIGIN_TOPIC)).isEqualTo("/webhooks/ses");
  }

  @Test
  void aForgedMessageLeavesNothingButACounter() throws Exception {
    double before = metric("mailstream_webhook_requests_total", "forged");
    String id = UUID.randomUUID().toString();
    byte[] forged = SnsSigner.validNow("127.0.0.1").sign(fields(id, bounce("victim@example.com")));

    assertThat(post(forged).statusCode()).isEqualTo(401);

    assertThat(metric("mailstream_webhook_requests_total", "forged")).isEqualTo(before + 1);
    // What comes after it on the topic is there, and it is not.
    String after = UUID.randomUUID().toString();
    post(notification(after, bounce("jane@example.com")));
    feedback(TOPICS.feedback(), after);
    assertThat(all(TOPICS.feedback())).noneMatch(event -> event.getEventId().contains(id));
  }

  @Test
  void aSubscriptionIsConfirmed() throws Exception {
    Map<String, String> fields = fields("c1", "You have chosen to subscribe.");
    fields.put("Type", "SubscriptionConfirmation");
    fields.put("Token", "t");
    fields.put("SubscribeURL", simulatorUrl("/confirm?Token=t"));

    assertThat(post(SIGNER.sign(fields)).statusCode()).isEqualTo(204);
    assertThat(confirmations).hasValue(1);

    fields.put("TopicArn", ARN + "-other");
    assertThat(post(SIGNER.sign(fields)).statusCode()).isEqualTo(403);
    assertThat(confirmations).hasValue(1);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    byte[] large = notification("l1", "x".repeat(5 * 1024 * 1024));

    // Asked before the body is sent: in the middle of it the answer may be lost with the
    // connection.
    assertThat(http.send(callback(app, large).expectContinue(true).build(), TEXT).statusCode())
        .isEqualTo(413);
  }

  @Test
  void anotherMethodOrPathIsNotThere() throws Exception {
    HttpRequest get = HttpRequest.newBuilder(URI.create(app.url() + "/webhooks/ses")).build();

    assertThat(http.send(get, HttpResponse.BodyHandlers.ofString()).statusCode()).isIn(404, 405);
  }

  @Test
  void everyEspIsAtItsPath() throws Exception {
    String id = UUID.randomUUID().toString();
    String sendGrid =
        "[{\"event\":\"spamreport\",\"email\":\"jane@example.com\",\"sg_message_id\":\"%s-s\"},{}]";
    String mandrill =
        "[{\"event\":\"spam\",\"ts\":1,\"msg\":{\"_id\":\"%s-m\",\"email\":\"jane@example.com\"}}]";
    String postmark =
        "{\"RecordType\":\"SpamComplaint\",\"Email\":\"jane@example.com\",\"MessageID\":\"%s-p\"}";
    Instant now = Instant.now();

    assertThat(post("sendgrid", SENDGRID.sign(sendGrid.formatted(id), now))).isEqualTo(204);
    assertThat(post("mandrill", MANDRILL.sign(mandrill.formatted(id)))).isEqualTo(204);
    assertThat(
            post(
                "postmark",
                new WebhookRequest(
                    Map.of("x-mailstream-secret", "hush"),
                    postmark.formatted(id).getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(204);
    await(() -> post("mailgun", mailgun(id + "-g", token())) == 204);

    for (String suffix : List.of("-s", "-m", "-p", "-g")) {
      FeedbackEvent event =
          find(
                  TOPICS.feedback(),
                  new StringDeserializer(),
                  avro(),
                  record -> (id + suffix).equals(record.value().getProviderMessageId()))
              .value();
      assertThat(event.getType()).isEqualTo(FeedbackType.COMPLAINED);
      assertThat(event.getRecipient()).isEqualTo("jane@example.com");
    }
    assertThat(metric("mailstream_webhook_events_total", "sendgrid")).isPositive();
  }

  @Test
  void mandrillMayLookWhetherThePathIsThere() throws Exception {
    assertThat(head("mandrill")).isEqualTo(200);
    assertThat(head("ses")).isIn(404, 405);
  }

  /** Nothing is unpacked, so nothing can grow: the server has no decoder. */
  @Test
  void aCompressedBodyIsRefused() throws Exception {
    for (String encoding : List.of("gzip", "deflate", "br")) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(app.url() + "/webhooks/ses"))
              .header("Content-Encoding", encoding)
              .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[] {31, -117, 8, 0}))
              .build();

      assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .as(encoding)
          .isEqualTo(400);
    }
  }

  @Test
  void aTokenOfMailgunsIsForOneBodyOnEveryInstanceAndAfterARestart() throws Exception {
    String token = token();
    WebhookRequest genuine = mailgun("first", token);
    WebhookRequest replay = mailgun("second", token);
    Map<String, String> onlyMailgun = settings();
    onlyMailgun.keySet().removeIf(key -> key.startsWith("ses.") || key.startsWith("mandrill."));

    try (WebhookIngestApp replica = WebhookIngestApp.start(onlyMailgun)) {
      await(() -> ready(replica).statusCode() == 200);
      await(() -> post("mailgun", genuine) == 204);
      assertThat(post("mailgun", genuine)).as("Mailgun's own repeat").isEqualTo(204);
      assertThat(post("mailgun", replay)).isEqualTo(403);
      // The other instance reads of it a moment later; what it took before is a repeat of the
      // event.
      await(() -> post(replica, "mailgun", genuine) == 204);
      await(() -> post(replica, "mailgun", replay) == 403);
      assertThat(post(replica, "ses", genuine)).as("not configured").isEqualTo(404);
      assertThat(head(replica, "mandrill")).as("not configured").isEqualTo(404);
    }
    try (WebhookIngestApp restarted = WebhookIngestApp.start(onlyMailgun)) {
      await(() -> post(restarted, "mailgun", replay) != 503);
      assertThat(post(restarted, "mailgun", replay)).isEqualTo(403);
    }
  }

  @Test
  void withoutABrokerTheCallbackIsToBeRepeatedAndThenTaken() throws Exception {
    Map<String, String> settings = settings();
    settings.put("publish.timeout.ms", "2000");
    try (WebhookIngestApp other = WebhookIngestApp.start(settings)) {
      byte[] callback = notification("r1", bounce("jane@example.com"));
      await(() -> post(other, callback).statusCode() == 204);
      await(() -> ready(other).statusCode() == 200);

      WebhookRequest ofMailgun = mailgun("down", token());

      kafka.stop();
      HttpResponse<String> down = post(other, callback);
      assertThat(down.statusCode()).isEqualTo(503);
      assertThat(down.headers().firstValue("Retry-After")).isPresent();
      assertThat(post(other, "mailgun", ofMailgun)).isEqualTo(503);
      await(() -> ready(other).statusCode() == 503);
      assertThat(ready(other).body()).contains("kafka").contains("do not answer");

      kafka.start();
      await(() -> post(other, callback).statusCode() == 204);
      await(() -> post(other, "mailgun", ofMailgun) == 204);
      // A token whose event was not written is not used up.
      find(
          TOPICS.feedback(),
          new StringDeserializer(),
          avro(),
          record -> "down".equals(record.value().getProviderMessageId()));
      await(() -> ready(other).statusCode() == 200);
    }
  }

  @Test
  void withoutTheRegistryTheCallbackIsToBeRepeatedAndThenTaken() throws Exception {
    try (EmbeddedRegistry other = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty())) {
      other.suspend();
      Map<String, String> settings = settings();
      settings.put("schema.registry.url", other.url());
      settings.put("publish.timeout.ms", "2000");
      try (WebhookIngestApp without = WebhookIngestApp.start(settings)) {
        byte[] callback = notification("r2", bounce("jane@example.com"));
        assertThat(post(without, callback).statusCode()).isEqualTo(503);
        assertThat(ready(without).body()).contains("schema-registry");

        other.resume();
        await(() -> post(without, callback).statusCode() == 204);
        await(() -> ready(without).statusCode() == 200);
      }
    }
  }

  @Test
  void itStopsInTimeWhileTheBrokerIsAway() throws Exception {
    Map<String, String> settings = settings();
    settings.put("bootstrap.servers", "127.0.0.1:1");
    WebhookIngestApp away = WebhookIngestApp.start(settings);
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                post(away, notification("s1", bounce("jane@example.com")));
              } catch (Exception e) {
                // The connection is cut, or never taken: that is what stopping does to a caller.
                Thread.currentThread().interrupt();
              }
            });
    Instant stopping = Instant.now();
    away.close();

    assertThat(Duration.between(stopping, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(caller.join(DEADLINE.multipliedBy(2))).as("the caller is let go").isTrue();
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("schema.registry.url", registry.url());
    settings.put("http.port", "0");
    settings.put("ses.sns.topic.arns", ARN);
    settings.put("ses.sns.test.certificate", simulatorUrl("/sns.pem"));
    settings.put("sendgrid.public.keys", SENDGRID.publicKey());
    settings.put("mailgun.signing.keys", "mailgun-key");
    settings.put("postmark.secrets", "hush");
    settings.put("mandrill.webhook.url", MANDRILL_URL);
    settings.put("mandrill.webhook.keys", "mandrill-key");
    return settings;
  }

  private static String token() {
    return UUID.randomUUID().toString();
  }

  private static WebhookRequest mailgun(String messageId, String token) {
    String event =
        """
        {"event":"complained","id":"%1$s","timestamp":1,"recipient":"jane@example.com",
         "message":{"headers":{"message-id":"%1$s"}}}\
        """;
    return MAILGUN.sign(event.formatted(messageId), token, begun);
  }

  private static int post(String esp, WebhookRequest request) throws Exception {
    return post(app, esp, request);
  }

  private static int post(WebhookIngestApp to, String esp, WebhookRequest callback)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(to.url() + "/webhooks/" + esp))
            .timeout(DEADLINE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(callback.body()));
    callback.headers().forEach(request::header);
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private static int head(String esp) throws Exception {
    return head(app, esp);
  }

  private static int head(WebhookIngestApp of, String esp) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create(of.url() + "/webhooks/" + esp)).HEAD().build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static String simulatorUrl(String path) {
    return "http://127.0.0.1:" + simulator.getAddress().getPort() + path;
  }

  private static String bounce(String recipient) {
    return """
    {"eventType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General",
     "bouncedRecipients":[{"emailAddress":"%s","action":"failed","status":"5.1.1"}],
     "timestamp":"2026-11-20T10:00:00.000Z"},
     "mail":{"messageId":"m1","destination":["%s"],"tags":{"ms_delivery_id":["d1"]}}}\
    """
        .formatted(recipient, recipient);
  }

  private static Map<String, String> fields(String messageId, String message) {
    Map<String, String> fields =
        SnsSigner.notification(ARN, URI.create(simulatorUrl("/sns.pem")), message, Instant.now());
    fields.put("MessageId", messageId);
    return fields;
  }

  private static byte[] notification(String messageId, String message) {
    return SIGNER.sign(fields(messageId, message));
  }

  private static HttpResponse<String> post(byte[] body) throws Exception {
    return post(app, body);
  }

  private static HttpResponse<String> post(WebhookIngestApp to, byte[] body) throws Exception {
    return http.send(callback(to, body).build(), TEXT);
  }

  private static HttpRequest.Builder callback(WebhookIngestApp to, byte[] body) {
    return HttpRequest.newBuilder(URI.create(to.url() + "/webhooks/ses"))
        .timeout(DEADLINE)
        .header("Content-Type", "text/plain; charset=UTF-8")
        .header("x-amz-sns-message-type", "Notification")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private static HttpResponse<String> ready(WebhookIngestApp of) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(of.url() + "/readyz")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static double metric(String name, String tagValue) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create(app.url() + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains('"' + tagValue + '"'))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static ConsumerRecord<String, FeedbackEvent> feedback(String topic, String id) {
    return find(
        topic,
        new StringDeserializer(),
        avro(),
        record -> record.value().getEventId().contains(id));
  }

  private static List<FeedbackEvent> all(String topic) {
    List<FeedbackEvent> events = new ArrayList<>();
    try (KafkaConsumer<String, FeedbackEvent> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringDeserializer(),
            avro())) {
      List<TopicPartition> partitions = assign(consumer, topic);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(tp -> consumer.position(tp) < ends.get(tp))) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> events.add(record.value()));
      }
    }
    return events;
  }

  private static <K, V> ConsumerRecord<K, V> find(
      String topic,
      Deserializer<K> keys,
      Deserializer<V> values,
      Predicate<ConsumerRecord<K, V>> wanted) {
    Instant deadline = Instant.now().plus(DEADLINE);
    try (KafkaConsumer<K, V> consumer =
        new KafkaConsumer<>(Map.of("bootstrap.servers", kafka.bootstrapServers()), keys, values)) {
      assign(consumer, topic);
      while (Instant.now().isBefore(deadline)) {
        for (ConsumerRecord<K, V> record : consumer.poll(Duration.ofMillis(100))) {
          if (wanted.test(record)) {
            return record;
          }
        }
      }
    }
    throw new AssertionError("not on " + topic + " within " + DEADLINE);
  }

  private static List<TopicPartition> assign(KafkaConsumer<?, ?> consumer, String topic) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return partitions;
  }

  @SuppressWarnings("unchecked")
  private static Deserializer<FeedbackEvent> avro() {
    MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
    deserializer.configure(Map.of("schema.registry.url", registry.url()), false);
    return (Deserializer<FeedbackEvent>) (Deserializer<?>) deserializer;
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static void await(Condition condition) throws Exception {
    Instant deadline = Instant.now().plus(DEADLINE);
    while (!condition.holds()) {
      assertThat(Instant.now()).as("the deadline").isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }
}

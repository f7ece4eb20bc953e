package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.webhook.provider.WebhookRequest;
import io.mailstream.webhook.provider.mailgun.MailgunSigner;
import io.mailstream.webhook.provider.mandrill.MandrillSigner;
import io.mailstream.webhook.provider.sendgrid.SendGridSigner;
import io.mailstream.webhook.provider.ses.SnsSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
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

/**
 * What surrounds the service in a test: the ESPs' signers, the hosts of SNS on loopback, topics of
 * its own, and a reader of them.
 */
final class IngestRig implements AutoCloseable {

  static final Duration DEADLINE = Duration.ofSeconds(60);
  static final String ARN = "arn:aws:sns:eu-west-1:123456789012:mail";
  static final String MANDRILL_URL = "https://hooks.example.com/webhooks/mandrill";
  static final SendGridSigner SENDGRID = new SendGridSigner();
  static final MailgunSigner MAILGUN = new MailgunSigner("mailgun-key");
  static final MandrillSigner MANDRILL = new MandrillSigner(MANDRILL_URL, "mandrill-key");
  static final SnsSigner SNS = SnsSigner.validNow("127.0.0.1");

  final Topics topics;
  final AtomicInteger confirmations = new AtomicInteger();
  private final String brokers;
  private final String registry;
  private final HttpServer hosts;
  private final Instant begun = Instant.now();

  /**
   * Creates the topics, but for that of Mailgun's tokens.
   *
   * @param prefix of the topics
   */
  IngestRig(String brokers, String registry, String prefix) throws Exception {
    this.brokers = brokers;
    this.registry = registry;
    this.topics = new Topics(prefix);
    try (Admin admin = admin()) {
      TopicSetup.createMissing(admin, topics, 2, (short) 1);
    }
    this.hosts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hosts.createContext(
        "/sns.pem",
        exchange -> {
          byte[] pem = SNS.certificate();
          exchange.sendResponseHeaders(200, pem.length);
          exchange.getResponseBody().write(pem);
          exchange.close();
        });
    hosts.createContext(
        "/confirm",
        exchange -> {
          confirmations.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    hosts.start();
  }

  /** Creates the topic of Mailgun's tokens. */
  IngestRig withNonces() throws ExecutionException, InterruptedException {
    Topics.TopicSpec nonces = topics.webhookNonces();
    try (Admin admin = admin()) {
      admin
          .createTopics(List.of(new NewTopic(nonces.name(), 2, (short) 1).configs(nonces.config())))
          .all()
          .get();
    }
    return this;
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", brokers));
  }

  /** The settings of a service with all five ESPs. */
  Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", brokers);
    settings.put("schema.registry.url", registry);
    settings.put("topics.prefix", topics.prefix());
    settings.put("http.port", "0");
    settings.put("ses.sns.topic.arns", ARN);
    settings.put("ses.sns.test.certificate", hostUrl("/sns.pem"));
    settings.put("sendgrid.public.keys", SENDGRID.publicKey());
    settings.put("mailgun.signing.keys", "mailgun-key");
    settings.put("postmark.secrets", "hush");
    settings.put("mandrill.webhook.url", MANDRILL_URL);
    settings.put("mandrill.webhook.keys", "mandrill-key");
    return settings;
  }

  /** A URL of SNS's hosts. */
  String hostUrl(String path) {
    return "http://127.0.0.1:" + hosts.getAddress().getPort() + path;
  }

  /** What SNS signs of a notification. */
  Map<String, String> fields(String messageId, String message) {
    Map<String, String> fields =
        SnsSigner.notification(ARN, URI.create(hostUrl("/sns.pem")), message, Instant.now());
    fields.put("MessageId", messageId);
    return fields;
  }

  /** A notification of SES's, by SNS. */
  WebhookRequest ses(String messageId, String message) {
    return signed(SNS, fields(messageId, message));
  }

  static WebhookRequest signed(SnsSigner signer, Map<String, String> fields) {
    return new WebhookRequest(
        Map.of(
            "content-type",
            "text/plain; charset=UTF-8",
            "x-amz-sns-message-type",
            fields.get("Type")),
        signer.sign(fields));
  }

  /** A hard bounce as SES says it. */
  static String bounce(String recipient) {
    return """
    {"eventType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General",
     "bouncedRecipients":[{"emailAddress":"%s","action":"failed","status":"5.1.1"}],
     "timestamp":"2026-11-20T10:00:00.000Z"},
     "mail":{"messageId":"m1","destination":["%s"],"tags":{"ms_delivery_id":["d1"]}}}\
    """
        .formatted(recipient, recipient);
  }

  /** A complaint of Mailgun's; by its token alone it is genuine. */
  WebhookRequest mailgun(String messageId, String token) {
    String event =
        """
        {"event":"complained","id":"%1$s","timestamp":1,"recipient":"jane@example.com",
         "message":{"headers":{"message-id":"%1$s"}}}\
        """;
    return MAILGUN.sign(event.formatted(messageId), token, begun);
  }

  /** The event whose id, or that of whose mail, has this in it. */
  ConsumerRecord<String, FeedbackEvent> event(String topic, String id) {
    return find(
        topic,
        new StringDeserializer(),
        this.<FeedbackEvent>avro(),
        record ->
            record.value().getEventId().contains(id)
                || id.equals(record.value().getProviderMessageId()));
  }

  ConsumerRecord<byte[], byte[]> deadLetter(String body) {
    return find(
        topics.deadLetters(),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        record -> new String(record.value(), StandardCharsets.UTF_8).equals(body));
  }

  /** All events that are on a topic by now. */
  List<FeedbackEvent> events(String topic) {
    return this.<FeedbackEvent>all(topic).stream().map(ConsumerRecord::value).toList();
  }

  /** All commands that are there by now. */
  List<ConsumerRecord<String, SuppressionCommand>> commands() {
    return all(topics.suppressionCommands());
  }

  private <T> List<ConsumerRecord<String, T>> all(String topic) {
    List<ConsumerRecord<String, T>> records = new ArrayList<>();
    try (KafkaConsumer<String, T> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", brokers), new StringDeserializer(), this.<T>avro())) {
      List<TopicPartition> partitions = assign(consumer, topic);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(tp -> consumer.position(tp) < ends.get(tp))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  private <K, V> ConsumerRecord<K, V> find(
      String topic,
      Deserializer<K> keys,
      Deserializer<V> values,
      Predicate<ConsumerRecord<K, V>> wanted) {
    Instant deadline = Instant.now().plus(DEADLINE);
    try (KafkaConsumer<K, V> consumer =
        new KafkaConsumer<>(Map.of("bootstrap.servers", brokers), keys, values)) {
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
  private <T> Deserializer<T> avro() {
    MailstreamAvroDeserializer deserializer = new MailstreamAvroDeserializer();
    deserializer.configure(Map.of("schema.registry.url", registry), false);
    return (Deserializer<T>) (Deserializer<?>) deserializer;
  }

  /** Waits until something holds. */
  static void await(Condition condition) throws Exception {
    Instant deadline = Instant.now().plus(DEADLINE);
    while (!condition.holds()) {
      assertThat(Instant.now()).as("the deadline").isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  /** What is waited for. */
  interface Condition {
    boolean holds() throws Exception;
  }

  @Override
  public void close() throws IOException {
    hosts.stop(0);
  }
}

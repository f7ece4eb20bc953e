package io.mailstream.embedded.ses;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.embedded.Ports;
import io.mailstream.embedded.http.RawExchange;
import io.mailstream.embedded.http.RawHttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a subscriber of the simulator's topic gets. */
class SnsTopicTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Posted(JsonNode envelope, Map<String, String> headers) {
    JsonNode event() throws IOException {
      return JSON.readTree(envelope.path("Message").asText());
    }
  }

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<Posted> posted = new LinkedBlockingQueue<>();
  private final Deque<Integer> statuses = new ConcurrentLinkedDeque<>();
  private final int port = Ports.free();
  private RawHttpServer subscriber;
  private final SesSimulator simulator = SesSimulator.start(SesSimulator.Options.defaults());
  private final SnsOptions options =
      SnsOptions.to(URI.create("http://127.0.0.1:%d/hook".formatted(port)))
          .retries(Collections.nCopies(100, Duration.ofMillis(20)));

  @AfterEach
  void stop() {
    simulator.close();
    if (subscriber != null) {
      subscriber.close();
    }
  }

  @Test
  void aBounceIsAnnouncedToASubscriberThatConfirmed() throws Exception {
    subscribe(options);
    simulator.behave(simulator.behaviour().events(true, true));
    send("Bounce+run1@simulator.amazonses.com");

    JsonNode send = next("Send");
    JsonNode bounce = next("Bounce");

    assertThat(send.path("mail").path("tags").path("ms_delivery_id").path(0).asText())
        .isEqualTo("d1");
    assertThat(bounce.path("mail").path("messageId").asText())
        .isEqualTo(simulator.inbox().mails().getFirst().messageId());
    assertThat(bounce.path("mail").path("tags").path("ses:configuration-set").path(0).asText())
        .isEqualTo("events");
    assertThat(bounce.path("mail").path("commonHeaders").path("subject").asText())
        .isEqualTo("Hi there");
    assertThat(bounce.path("bounce").path("bounceType").asText()).isEqualTo("Permanent");
    JsonNode recipient = bounce.path("bounce").path("bouncedRecipients").path(0);
    assertThat(recipient.path("emailAddress").asText())
        .isEqualTo("Bounce+run1@simulator.amazonses.com");
    assertThat(recipient.path("status").asText()).isEqualTo("5.1.1");
  }

  @Test
  void eachAddressOfTheMailboxSimulatorHasItsEvents() throws Exception {
    subscribe(options);
    send("success@simulator.amazonses.com");
    assertThat(events(2)).containsExactlyInAnyOrder("Send", "Delivery");
    send("anyone@example.com");
    assertThat(events(2)).containsExactlyInAnyOrder("Send", "Delivery");
    send("complaint@simulator.amazonses.com");
    assertThat(events(3)).containsExactlyInAnyOrder("Send", "Delivery", "Complaint");
    send("ooto@simulator.amazonses.com");
    assertThat(events(3)).containsExactlyInAnyOrder("Send", "Delivery", "Bounce");
    send("suppressionlist@simulator.amazonses.com");
    assertThat(events(2)).containsExactlyInAnyOrder("Send", "Bounce");
    send("delay@simulator.amazonses.com");
    assertThat(events(2)).containsExactlyInAnyOrder("Send", "DeliveryDelay");
    send("reject@simulator.amazonses.com");
    assertThat(events(2)).containsExactlyInAnyOrder("Send", "Reject");
  }

  @Test
  void bothSignatureVersionsVerifyAgainstTheServedCertificate() throws Exception {
    for (String version : List.of("1", "2")) {
      startSubscriber();
      SnsTopic topic = simulator.subscribe(options.signatureVersion(version));
      Posted confirmation = posted.poll(20, TimeUnit.SECONDS);
      assertThat(verifies(confirmation.envelope(), version)).isTrue();
      confirm(confirmation);
      assertThat(topic.awaitConfirmed(Duration.ofSeconds(10))).isTrue();
      Posted validated = posted.poll(20, TimeUnit.SECONDS);

      assertThat(validated.headers()).containsEntry("type", "Notification");
      assertThat(validated.headers()).containsEntry("topic", SnsOptions.DEFAULT_TOPIC_ARN);
      assertThat(verifies(validated.envelope(), version)).isTrue();
      JsonNode forged = ((ObjectNode) validated.envelope()).put("Message", "forged");
      assertThat(verifies(forged, version)).isFalse();
    }
  }

  @Test
  void theCertificateIsIssuedByTheAuthorityAndSurvivesARestart() throws Exception {
    SesSimulator.Options kept = SesSimulator.Options.defaults().dataDir(dir);
    String path;
    try (SesSimulator first = SesSimulator.start(kept)) {
      path = URI.create(first.signingCertificateUrl()).getPath();
      X509Certificate ca = certificate(first.caCertificatePem());
      X509Certificate signing = certificate(body(first.signingCertificateUrl()));
      signing.verify(ca.getPublicKey());
      assertThat(signing.getSubjectX500Principal().getName()).isEqualTo("CN=sns.amazonaws.com");
    }
    try (SesSimulator second = SesSimulator.start(kept)) {
      assertThat(URI.create(second.signingCertificateUrl()).getPath()).isEqualTo(path);
    }
  }

  @Test
  void nothingIsPostedBeforeTheSubscriptionIsConfirmed() throws Exception {
    startSubscriber();
    SnsTopic topic = simulator.subscribe(options);
    Posted confirmation = posted.poll(20, TimeUnit.SECONDS);
    assertThat(confirmation.headers()).containsEntry("type", "SubscriptionConfirmation");

    send("success@simulator.amazonses.com");

    await(() -> topic.counts().dropped() == 2);
    assertThat(posted).isEmpty();
    String wrong = simulator.url() + "/?Action=ConfirmSubscription&TopicArn=x&Token=y";
    assertThat(get(wrong).statusCode()).isEqualTo(400);
    assertThat(topic.isConfirmed()).isFalse();
  }

  @Test
  void serverErrorsAndRefusedConnectionsAreRepeatedWithTheSameMessage() throws Exception {
    SnsTopic topic = subscribe(options);
    statuses.addAll(List.of(503, 500, 429));
    topic.publish("one", Duration.ZERO);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ids.add(posted.poll(20, TimeUnit.SECONDS).envelope().path("MessageId").asText());
    }
    assertThat(ids).containsOnly(ids.getFirst());
    await(() -> topic.counts().open() == 0);

    subscriber.close();
    topic.publish("two", Duration.ZERO);
    await(() -> topic.counts().failedAttempts() > 4);
    startSubscriber();
    assertThat(posted.poll(20, TimeUnit.SECONDS).envelope().path("Message").asText())
        .isEqualTo("two");
  }

  @Test
  void aClientErrorIsFinal() throws Exception {
    SnsTopic topic = subscribe(options);
    statuses.add(403);
    topic.publish("refused", Duration.ZERO);

    await(() -> topic.counts().refused() == 1);
    assertThat(topic.counts().open()).isZero();
    topic.publish("next", Duration.ZERO);
    posted.poll(20, TimeUnit.SECONDS);
    assertThat(posted.poll(20, TimeUnit.SECONDS).envelope().path("Message").asText())
        .isEqualTo("next");
  }

  private SnsTopic subscribe(SnsOptions to) throws Exception {
    startSubscriber();
    SnsTopic topic = simulator.subscribe(to);
    confirm(posted.poll(20, TimeUnit.SECONDS));
    assertThat(topic.awaitConfirmed(Duration.ofSeconds(20))).isTrue();
    assertThat(posted.poll(20, TimeUnit.SECONDS).envelope().path("Message").asText())
        .startsWith("Successfully validated SNS topic");
    return topic;
  }

  private void startSubscriber() {
    if (subscriber != null) {
      subscriber.close();
    }
    subscriber = RawHttpServer.start("subscriber", port, 1_000_000, this::receive);
  }

  private void receive(RawExchange exchange) throws IOException {
    JsonNode envelope = JSON.readTree(exchange.body().orElseThrow());
    Map<String, String> headers =
        Map.of(
            "type", exchange.request().header("X-Amz-Sns-Message-Type").orElseThrow(),
            "topic", exchange.request().header("x-amz-sns-topic-arn").orElseThrow());
    Integer status = statuses.pollFirst();
    exchange.answer(status == null ? 200 : status, Map.of(), new byte[0]);
    posted.add(new Posted(envelope, headers));
  }

  private void confirm(Posted confirmation) throws Exception {
    assertThat(get(confirmation.envelope().path("SubscribeURL").asText()).statusCode())
        .isEqualTo(200);
  }

  private JsonNode next(String type) throws Exception {
    for (int i = 0; i < 5; i++) {
      JsonNode event = posted.poll(20, TimeUnit.SECONDS).event();
      if (event.path("eventType").asText().equals(type)) {
        return event;
      }
    }
    throw new AssertionError("no event of type " + type);
  }

  private List<String> events(int count) throws Exception {
    Deque<String> types = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      types.add(posted.poll(20, TimeUnit.SECONDS).event().path("eventType").asText());
    }
    return List.copyOf(types);
  }

  private boolean verifies(JsonNode envelope, String version) throws Exception {
    StringBuilder text = new StringBuilder();
    List<String> names =
        envelope.path("Type").asText().equals("Notification")
            ? List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
            : List.of(
                "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");
    names.forEach(n -> text.append(n).append('\n').append(envelope.path(n).asText()).append('\n'));
    assertThat(envelope.path("SignatureVersion").asText()).isEqualTo(version);
    Signature signature =
        Signature.getInstance(version.equals("1") ? "SHA1withRSA" : "SHA256withRSA");
    signature.initVerify(certificate(body(envelope.path("SigningCertURL").asText())));
    signature.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return signature.verify(Base64.getDecoder().decode(envelope.path("Signature").asText()));
  }

  private static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
  }

  private void send(String to) throws Exception {
    String raw = "Subject: Hi\r\n there\r\nTo: " + to + "\r\n\r\nText";
    String body =
        """
        {"FromEmailAddress": "Shop <shop@example.com>", "ConfigurationSetName": "events",
         "Destination": {"ToAddresses": ["%s"]},
         "EmailTags": [{"Name": "ms_delivery_id", "Value": "d1"}],
         "Content": {"Raw": {"Data": "%s"}}}
        """
            .formatted(
                to, Base64.getEncoder().encodeToString(raw.getBytes(StandardCharsets.UTF_8)));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(simulator.url() + "/v2/email/outbound-emails"))
            .header("Authorization", "AWS4-HMAC-SHA256 test")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private String body(String url) throws Exception {
    return get(url).body();
  }

  private HttpResponse<String> get(String url) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}

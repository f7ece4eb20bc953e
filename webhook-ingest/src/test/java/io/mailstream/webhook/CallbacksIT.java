package io.mailstream.webhook;

import static io.mailstream.webhook.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.WebhookRequest;
import io.mailstream.webhook.provider.ses.SnsSigner;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Callbacks of every ESP through the service into the topics. */
class CallbacksIT {

  private static final byte[] NOTHING = new byte[5 * 1024 * 1024];

  private static IngestRig rig;
  private static WebhookIngestApp app;
  private static Caller caller;

  @BeforeAll
  static void start() throws Exception {
    rig =
        new IngestRig(
                SharedKafka.bootstrapServers(),
                EmbeddedRegistry.shared().url(),
                EmbeddedKafka.uniquePrefix())
            .withNonces();
    app = WebhookIngestApp.start(rig.settings());
    caller = new Caller(app);
  }

  @AfterAll
  static void stop() throws Exception {
    app.close();
    rig.close();
  }

  @Test
  void aHardBounceBecomesAFeedbackEventOfItsRecipient() throws Exception {
    String id = UUID.randomUUID().toString();

    assertThat(caller.post("ses", rig.ses(id, IngestRig.bounce("Jane@Example.com"))))
        .isEqualTo(204);

    ConsumerRecord<String, FeedbackEvent> record = rig.event(rig.topics.feedback(), id);
    assertThat(record.key()).isEqualTo("jane@example.com");
    assertThat(record.value().getType()).isEqualTo(FeedbackType.BOUNCED);
    assertThat(record.value().getRecipient()).isEqualTo("Jane@Example.com");
    assertThat(record.value().getDeliveryId()).isEqualTo("d1");
    assertThat(caller.metric("mailstream_webhook_events_total", "bounced")).isPositive();
  }

  @Test
  void opensGoToTheEngagementTopic() throws Exception {
    String id = UUID.randomUUID().toString();
    String open =
        """
        {"eventType":"Open","open":{"timestamp":"2026-11-21T09:00:00Z"},
         "mail":{"destination":["jane@example.com"],"messageId":"m1"}}\
        """;

    assertThat(caller.post("ses", rig.ses(id, open))).isEqualTo(204);

    assertThat(rig.event(rig.topics.engagement(), id).value().getType())
        .isEqualTo(FeedbackType.OPENED);
  }

  @Test
  void whatIsNotUnderstoodIsKeptAndAcknowledged() throws Exception {
    String message = "{\"eventType\":\"Teleported\",\"id\":\"" + UUID.randomUUID() + "\"}";

    assertThat(caller.post("ses", rig.ses("u1", message))).isEqualTo(204);

    ConsumerRecord<byte[], byte[]> letter = rig.deadLetter(message);
    assertThat(header(letter, DeadLetterHeaders.REASON)).contains("'Teleported' is not known");
    assertThat(header(letter, DeadLetterHeaders.ORIGIN_TOPIC)).isEqualTo("/webhooks/ses");
  }

  @Test
  void aForgedMessageLeavesNothingButACounter() throws Exception {
    double before = caller.metric("mailstream_webhook_requests_total", "forged");
    String id = UUID.randomUUID().toString();
    WebhookRequest forged =
        IngestRig.signed(
            SnsSigner.validNow("127.0.0.1"),
            rig.fields(id, IngestRig.bounce("victim@example.com")));

    assertThat(caller.post("ses", forged)).isEqualTo(401);

    assertThat(caller.metric("mailstream_webhook_requests_total", "forged")).isEqualTo(before + 1);
    // What comes after it on the topic is there, and it is not.
    String after = UUID.randomUUID().toString();
    caller.post("ses", rig.ses(after, IngestRig.bounce("jane@example.com")));
    rig.event(rig.topics.feedback(), after);
    assertThat(rig.events(rig.topics.feedback()))
        .noneMatch(event -> event.getEventId().contains(id));
  }

  @Test
  void aSubscriptionIsConfirmed() throws Exception {
    Map<String, String> fields = rig.fields("c1", "You have chosen to subscribe.");
    fields.put("Type", "SubscriptionConfirmation");
    fields.put("Token", "t");
    fields.put("SubscribeURL", rig.hostUrl("/confirm?Token=t"));

    assertThat(caller.post("ses", IngestRig.signed(IngestRig.SNS, fields))).isEqualTo(204);
    assertThat(rig.confirmations).hasValue(1);

    fields.put("TopicArn", IngestRig.ARN + "-other");
    assertThat(caller.post("ses", IngestRig.signed(IngestRig.SNS, fields))).isEqualTo(403);
    assertThat(rig.confirmations).hasValue(1);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    WebhookRequest large = rig.ses("l1", "x".repeat(5 * 1024 * 1024));

    // Asked before the body is sent: in the middle of it the answer may be lost with the
    // connection.
    assertThat(caller.send(caller.request("ses", large).expectContinue(true)).statusCode())
        .isEqualTo(413);
  }

  @Test
  void anotherMethodOrPathIsNotThere() throws Exception {
    assertThat(caller.get("/webhooks/ses").statusCode()).isIn(404, 405);
    assertThat(caller.get("/webhooks").statusCode()).isIn(404, 405);
  }

  @Test
  void everyEspIsAtItsPathPackedOrNot() throws Exception {
    String id = UUID.randomUUID().toString();
    String sendGrid =
        "[{\"event\":\"spamreport\",\"email\":\"jane@example.com\",\"sg_message_id\":\"%s-s\"},{}]";
    String mandrill =
        "[{\"event\":\"spam\",\"ts\":1,\"msg\":{\"_id\":\"%s-m\",\"email\":\"jane@example.com\"}}]";
    String postmark =
        "{\"RecordType\":\"SpamComplaint\",\"Email\":\"jane@example.com\",\"MessageID\":\"%s-p\"}";
    Map<String, WebhookRequest> callbacks =
        Map.of(
            "sendgrid",
            IngestRig.SENDGRID.sign(sendGrid.formatted(id), Instant.now()),
            "mandrill",
            IngestRig.MANDRILL.sign(mandrill.formatted(id)),
            "postmark",
            new WebhookRequest(
                Map.of("x-mailstream-secret", "hush"),
                postmark.formatted(id).getBytes(StandardCharsets.UTF_8)),
            "mailgun",
            rig.mailgun(id + "-g", UUID.randomUUID().toString()),
            "ses",
            rig.ses(id, IngestRig.bounce("jane@example.com")));

    for (Map.Entry<String, WebhookRequest> one : callbacks.entrySet()) {
      WebhookRequest packed = Caller.packed(one.getValue());
      await(() -> caller.post(one.getKey(), packed) == 204);
      assertThat(caller.post(one.getKey(), one.getValue())).as(one.getKey()).isEqualTo(204);
      WebhookRequest bomb = Caller.packed(new WebhookRequest(one.getValue().headers(), NOTHING));
      assertThat(caller.post(one.getKey(), bomb)).as(one.getKey()).isEqualTo(413);
    }
    for (String suffix : List.of("-s", "-m", "-p", "-g")) {
      FeedbackEvent event = rig.event(rig.topics.feedback(), id + suffix).value();
      assertThat(event.getType()).isEqualTo(FeedbackType.COMPLAINED);
      assertThat(event.getRecipient()).isEqualTo("jane@example.com");
    }
    assertThat(caller.metric("mailstream_webhook_events_total", "sendgrid")).isPositive();
  }

  @Test
  void mandrillMayLookWhetherThePathIsThere() throws Exception {
    assertThat(caller.head("mandrill")).isEqualTo(200);
    assertThat(caller.head("ses")).isIn(404, 405);
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}

package io.mailstream.webhook;

import static io.mailstream.webhook.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.webhook.provider.WebhookRequest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mailgun's tokens, which instances tell each other by a topic. */
class MailgunTokensIT {

  private IngestRig rig;

  @BeforeEach
  void start() throws Exception {
    rig =
        new IngestRig(
            SharedKafka.bootstrapServers(),
            EmbeddedRegistry.shared().url(),
            EmbeddedKafka.uniquePrefix());
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void aTokenIsForOneBodyOnEveryInstanceAndAfterARestart() throws Exception {
    rig.withNonces();
    String token = UUID.randomUUID().toString();
    WebhookRequest genuine = rig.mailgun("first", token);
    WebhookRequest replay = rig.mailgun("second", token);
    Map<String, String> onlyMailgun = rig.settings();
    onlyMailgun.keySet().removeIf(key -> key.startsWith("ses.") || key.startsWith("mandrill."));

    try (WebhookIngestApp first = WebhookIngestApp.start(rig.settings());
        WebhookIngestApp replica = WebhookIngestApp.start(onlyMailgun)) {
      Caller one = new Caller(first);
      Caller other = new Caller(replica);
      await(() -> one.post("mailgun", genuine) == 204);
      assertThat(one.post("mailgun", genuine)).as("Mailgun's own repeat").isEqualTo(204);
      assertThat(one.post("mailgun", replay)).isEqualTo(403);
      // The other instance reads of it a moment later; what it took before is a repeat of the
      // event.
      await(() -> other.post("mailgun", genuine) == 204);
      await(() -> other.post("mailgun", replay) == 403);
      assertThat(other.post("ses", genuine)).as("not configured").isEqualTo(404);
      assertThat(other.head("mandrill")).as("not configured").isEqualTo(404);
    }
    try (WebhookIngestApp again = WebhookIngestApp.start(onlyMailgun)) {
      Caller restarted = new Caller(again);
      await(() -> restarted.post("mailgun", replay) != 503);
      assertThat(restarted.post("mailgun", replay)).isEqualTo(403);
    }
  }

  @Test
  void untilTheTopicIsReadOnlyMailgunWaits() throws Exception {
    try (WebhookIngestApp app = WebhookIngestApp.start(rig.settings())) {
      Caller caller = new Caller(app);
      WebhookRequest ofMailgun = rig.mailgun("early", UUID.randomUUID().toString());

      await(() -> caller.ready().statusCode() == 200);
      assertThat(caller.post("mailgun", ofMailgun)).isEqualTo(503);
      assertThat(caller.post("ses", rig.ses("e1", IngestRig.bounce("jane@example.com"))))
          .isEqualTo(204);
      assertThat(known(caller)).isZero();

      rig.withNonces();
      await(() -> caller.post("mailgun", ofMailgun) == 204);
      assertThat(known(caller)).isEqualTo(1);
    }
  }

  private static double known(Caller caller) throws Exception {
    return caller.metric("mailstream_webhook_nonces_known", "mailgun");
  }
}

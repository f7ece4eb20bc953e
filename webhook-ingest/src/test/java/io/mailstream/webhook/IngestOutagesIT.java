package io.mailstream.webhook;

import static io.mailstream.webhook.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.webhook.provider.WebhookRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the service needs goes away, and comes back. */
class IngestOutagesIT {

  // Not the shared one: a test stops it and starts it again on the same port and data.
  private static EmbeddedKafka kafka;
  private static EmbeddedRegistry registry;
  private static IngestRig rig;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(EmbeddedKafka.Options.defaults());
    registry = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty());
    rig = new IngestRig(kafka.bootstrapServers(), registry.url(), "mail.").withNonces();
  }

  @AfterAll
  static void stop() throws Exception {
    rig.close();
    registry.close();
    kafka.close();
  }

  @Test
  void withoutABrokerTheCallbackIsToBeRepeatedAndThenTaken() throws Exception {
    Map<String, String> settings = rig.settings();
    settings.put("publish.timeout.ms", "2000");
    try (WebhookIngestApp app = WebhookIngestApp.start(settings)) {
      Caller caller = new Caller(app);
      WebhookRequest callback = bounce("r1");
      await(() -> caller.post("ses", callback) == 204);
      await(() -> caller.ready().statusCode() == 200);
      await(() -> caller.post("mailgun", rig.mailgun("up", token())) == 204);
      WebhookRequest ofMailgun = rig.mailgun("down", token());

      kafka.stop();
      HttpResponse<String> down = caller.exchange("ses", callback);
      assertThat(down.statusCode()).isEqualTo(503);
      assertThat(down.headers().firstValue("Retry-After")).isPresent();
      assertThat(caller.post("mailgun", ofMailgun)).isEqualTo(503);
      await(() -> caller.ready().statusCode() == 503);
      assertThat(caller.ready().body()).contains("kafka").contains("do not answer");

      kafka.start();
      await(() -> caller.post("ses", callback) == 204);
      // A token whose event was not written is not used up.
      await(() -> caller.post("mailgun", ofMailgun) == 204);
      rig.event(rig.topics.feedback(), "down");
      await(() -> caller.ready().statusCode() == 200);
    }
  }

  @Test
  void withoutTheRegistryTheCallbackIsToBeRepeatedAndThenTaken() throws Exception {
    try (EmbeddedRegistry other = EmbeddedRegistry.start("127.0.0.1", 0, Optional.empty())) {
      other.suspend();
      Map<String, String> settings = rig.settings();
      settings.put("schema.registry.url", other.url());
      settings.put("publish.timeout.ms", "2000");
      try (WebhookIngestApp app = WebhookIngestApp.start(settings)) {
        Caller caller = new Caller(app);
        WebhookRequest callback = bounce("r2");
        assertThat(caller.post("ses", callback)).isEqualTo(503);
        assertThat(caller.ready().body()).contains("schema-registry");

        other.resume();
        await(() -> caller.post("ses", callback) == 204);
        await(() -> caller.ready().statusCode() == 200);
      }
    }
  }

  @Test
  void itStopsWhileTheBrokerIsAwayAndLetsItsCallersGo() throws Exception {
    Map<String, String> settings = rig.settings();
    settings.put("bootstrap.servers", "127.0.0.1:1");
    WebhookIngestApp app = WebhookIngestApp.start(settings);
    WebhookRequest callback = bounce("s1");
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                new Caller(app).post("ses", callback);
              } catch (IOException e) {
                // The connection is cut, or never taken: that is what stopping does to a caller.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Thread stopping = Thread.ofVirtual().start(app::close);

    assertThat(stopping.join(IngestRig.DEADLINE)).as("it has stopped").isTrue();
    assertThat(caller.join(IngestRig.DEADLINE)).as("the caller is let go").isTrue();
  }

  private static WebhookRequest bounce(String messageId) {
    return rig.ses(messageId, IngestRig.bounce("jane@example.com"));
  }

  private static String token() {
    return UUID.randomUUID().toString();
  }
}

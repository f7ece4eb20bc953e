package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.schemas.UnsubscribeTokens;
import io.mailstream.schemas.UnsubscribeTokens.Subscription;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionReason;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** An unsubscribe, from the button into the topic of commands. */
class UnsubscribeIT {

  private static final String KEYS = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final String PARTS =
      """
      --b
      Content-Disposition: form-data; name="List-Unsubscribe"

      One-Click
      --b--
      """
          .replace("\n", "\r\n");

  @Test
  void oneClickIsACommandForOneStreamOfOneRecipient() throws Exception {
    String token =
        UnsubscribeTokens.of(KEYS)
            .seal(
                new Subscription(
                    "shop",
                    "news",
                    "Jane@Example.com",
                    Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3600)));
    try (IngestRig rig =
        new IngestRig(
            SharedKafka.bootstrapServers(),
            EmbeddedRegistry.shared().url(),
            EmbeddedKafka.uniquePrefix())) {
      Map<String, String> settings = rig.settings();
      settings.keySet().removeIf(key -> key.startsWith("mailgun."));
      settings.put("unsubscribe.keys", KEYS);
      try (WebhookIngestApp app = WebhookIngestApp.start(settings)) {
        Caller caller = new Caller(app);
        IngestRig.await(() -> caller.ready().statusCode() == 200);
        assertThat(caller.get("/unsubscribe/" + token).statusCode()).isEqualTo(200);
        assertThat(rig.commands()).as("a page changes nothing").isEmpty();

        assertThat(
                post(
                    caller,
                    token,
                    "application/x-www-form-urlencoded",
                    "List-Unsubscribe=One-Click"))
            .isEqualTo(200);
        assertThat(post(caller, token, "multipart/form-data; boundary=b", PARTS)).isEqualTo(200);

        List<ConsumerRecord<String, SuppressionCommand>> commands = rig.commands();
        assertThat(commands).hasSize(2);
        assertThat(commands).extracting(ConsumerRecord::key).containsOnly("jane@example.com");
        SuppressionCommand command = commands.getFirst().value();
        assertThat(command.getAction()).isEqualTo(CommandAction.ADD);
        assertThat(command.getReason()).isEqualTo(SuppressionReason.UNSUBSCRIBE);
        assertThat(command.getAddress()).isEqualTo("Jane@Example.com");
        assertThat(command.getTenant()).isEqualTo("shop");
        assertThat(command.getStream()).isEqualTo("news");
        assertThat(command.getCommandId()).startsWith("unsubscribe:").doesNotContain(token);
        // By the same link, after subscribing again.
        assertThat(commands.getLast().value().getCommandId()).isNotEqualTo(command.getCommandId());
        assertThat(caller.metric("mailstream_unsubscribe_requests_total", "done")).isEqualTo(2);
      }
    }
  }

  private static int post(Caller caller, String token, String contentType, String body)
      throws Exception {
    return caller
        .send(
            HttpRequest.newBuilder(caller.uri("/unsubscribe/" + token))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body)))
        .statusCode();
  }
}

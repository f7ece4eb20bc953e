package io.mailstream.sender.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.policy.Account;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MimeComposer;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.EmailProvider.AccountQuota;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.sender.provider.ScriptedHttpServer;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.ReasonCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What SES's provider asks of SES. */
class SesRequestTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Reaction ACCEPTED =
      new SesProviderTest.SesDialect().accepted("0100018f-abc");

  private static Account account(ScriptedHttpServer server) {
    return new Account(
        "main",
        "ses",
        Optional.empty(),
        Map.of(
            "region", "eu-west-1",
            "endpoint", server.uri().toString(),
            "configuration_set", "events"));
  }

  private static final Map<String, String> CREDENTIALS =
      Map.of(
          "accounts.main.access.key.id", "AKIDTEST",
          "accounts.main.secret.access.key", "hidden-key",
          "accounts.main.session.token", "hidden-token");

  private static JsonNode sent(Delivery delivery) throws Exception {
    try (var server = ScriptedHttpServer.plain(ACCEPTED);
        EmailProvider provider = SesProvider.create(account(server), CREDENTIALS)) {
      assertThat(provider.send(delivery)).isEqualTo(new SendOutcome.Accepted("0100018f-abc"));
      ScriptedHttpServer.Request request = server.requests().getFirst();
      assertThat(request.line()).isEqualTo("POST /v2/email/outbound-emails HTTP/1.1");
      assertThat(request.headers().get("authorization")).contains("AKIDTEST", "/eu-west-1/ses/");
      assertThat(request.headers()).containsEntry("x-amz-security-token", "hidden-token");
      return JSON.readTree(request.body());
    }
  }

  private static SendOutcome refused(Delivery delivery) throws Exception {
    try (var server = ScriptedHttpServer.plain(ACCEPTED);
        EmailProvider provider = SesProvider.create(account(server), CREDENTIALS)) {
      SendOutcome outcome = provider.send(delivery);
      assertThat(server.connections()).isZero();
      return outcome;
    }
  }

  @Test
  void oneEnvelopeRecipientAndTheComposedMessage() throws Exception {
    Delivery delivery =
        Deliveries.to("secret@müller.example")
            .setTo(List.of(Deliveries.mailbox("shown@example.org", null)))
            .build();
    JsonNode body = sent(delivery);
    assertThat(body.get("Destination").toString())
        .isEqualTo("{\"ToAddresses\":[\"secret@xn--mller-kva.example\"]}");
    assertThat(body.get("FromEmailAddress").asText()).isEqualTo("shop@example.com");
    assertThat(body.get("ConfigurationSetName").asText()).isEqualTo("events");
    byte[] raw = Base64.getDecoder().decode(body.at("/Content/Raw/Data").asText());
    Composition composed = new MimeComposer("X-SES-", Long.MAX_VALUE).compose(delivery);
    assertThat(raw).isEqualTo(((Composition.Message) composed).bytes());
  }

  @Test
  void tagsCarryOurIdsAndWhatOfTheRequestsIsLegal() throws Exception {
    JsonNode body =
        sent(
            Deliveries.to("user@example.org")
                .setRequestId("order/4711")
                .setStream("password-reset")
                .setTags(
                    Map.of(
                        "campaign", "autumn_2026",
                        "ms_tenant", "evil",
                        "ms_request_id", "forged",
                        "city", "Köln",
                        "empty", "",
                        "long", "x".repeat(257),
                        "odd name", "x"))
                .build());
    Map<String, String> tags = new TreeMap<>();
    body.get("EmailTags")
        .forEach(tag -> tags.put(tag.get("Name").asText(), tag.get("Value").asText()));
    assertThat(tags)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "ms_delivery_id", Deliveries.to("user@example.org").getDeliveryId(),
                "ms_tenant", "acme",
                "ms_stream", "password-reset",
                "campaign", "autumn_2026"));
  }

  @Test
  void internationalLocalPartIsRejectedBeforeTheCall() throws Exception {
    SendOutcome outcome =
        refused(
            Deliveries.to("jörg@example.org")
                .setTo(List.of(Deliveries.mailbox("a@example.org", null)))
                .build());
    assertThat(outcome)
        .isInstanceOfSatisfying(
            SendOutcome.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(ReasonCode.INVALID_ADDRESS);
              assertThat(rejected.detail()).contains("SMTPUTF8").doesNotContain("jörg");
            });
  }

  @Test
  void moreThanFortyMegabytesAfterBase64IsRejectedBeforeTheCall() throws Exception {
    Attachment file =
        Attachment.newBuilder()
            .setFilename("film.bin")
            .setContent(ByteBuffer.wrap(new byte[23_000_000]))
            .build();
    SendOutcome outcome =
        refused(
            Deliveries.to("user@example.org")
                .setContent(
                    InlineContent.newBuilder().setText("x").setAttachments(List.of(file)).build())
                .build());
    assertThat(outcome)
        .isInstanceOfSatisfying(
            SendOutcome.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(ReasonCode.TOO_LARGE));
  }

  @Test
  void quotaIsAskedInTheBackgroundAndAtMostOnceAMinute() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    InstantSource clock = now::get;
    try (var server =
            ScriptedHttpServer.plain(
                quota(50000, 14, 49000, true),
                quota(-1, 20, 49000, true),
                quota(200, 1, 10, false));
        var provider =
            new SesProvider("main", SesSettings.of(account(server), CREDENTIALS), clock)) {
      assertThat(provider.quota()).isEmpty();
      Eventually.holds("the first answer", () -> provider.quota().isPresent());
      assertThat(provider.quota()).contains(new AccountQuota(14, 50000, 1000, true));
      now.set(now.get().plusSeconds(59));
      assertThat(provider.quota()).contains(new AccountQuota(14, 50000, 1000, true));
      assertThat(server.requests()).hasSize(1);
      now.set(now.get().plusSeconds(1));
      Eventually.holds(
          "the second answer",
          () -> provider.quota().equals(Optional.of(new AccountQuota(20, -1, -1, true))));
      now.set(now.get().plusSeconds(60));
      Eventually.holds(
          "the third answer",
          () -> provider.quota().equals(Optional.of(new AccountQuota(1, 200, 190, false))));
      assertThat(server.requests()).hasSize(3);
      assertThat(server.requests().getFirst().line()).isEqualTo("GET /v2/email/account HTTP/1.1");
    }
  }

  @Test
  void quotaThatCannotBeAskedKeepsTheLastAnswer() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    try (var server =
            ScriptedHttpServer.plain(quota(50000, 14, 0, true), new Reaction.ResetAfterRequest());
        var provider =
            new SesProvider("main", SesSettings.of(account(server), CREDENTIALS), now::get)) {
      Eventually.holds("the first answer", () -> provider.quota().isPresent());
      now.set(now.get().plusSeconds(60));
      provider.quota();
      Eventually.holds("it was asked again", () -> server.requests().size() == 2);
      assertThat(provider.quota()).contains(new AccountQuota(14, 50000, 50000, true));
    }
  }

  private static Reaction quota(int max, int rate, int sent, boolean enabled) {
    return SesProviderTest.SesDialect.json(
        200,
        """
        {"SendingEnabled":%b,"ProductionAccessEnabled":true,"EnforcementStatus":"HEALTHY",
         "SendQuota":{"Max24HourSend":%d,"MaxSendRate":%d,"SentLast24Hours":%d}}
        """
            .formatted(enabled, max, rate, sent));
  }
}

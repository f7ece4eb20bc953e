package io.mailstream.webhook.provider.mandrill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.EventSource;
import io.mailstream.webhook.provider.Reading;
import io.mailstream.webhook.provider.Samples;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MandrillEventsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MandrillEvents events = new MandrillEvents(new EventSource("mandrill", NOW));

  @ParameterizedTest
  @CsvSource({
    "send, SENT, to@example.com, 1350691301",
    "delivered, DELIVERED, foo@example.com, 1365109999",
    "deferral, DELAYED, foo@example.com, 1365109999",
    "hard_bounce, BOUNCED, foo@example.com, 1365109999",
    "soft_bounce, BOUNCED, foo@example.com, 1365109999",
    "open, OPENED, to@example.com, 1350693075",
    "click, CLICKED, to@example.com, 1350377135",
    "spam, COMPLAINED, foo@example.com, 1365109999",
    "unsub, UNSUBSCRIBED, foo@example.com, 1365109999",
    "reject, REJECTED, foo@example.com, 1365109999"
  })
  void everySampleIsUnderstood(String sample, FeedbackType type, String recipient, long at) {
    FeedbackEvent event = event(entries("mandrill/" + sample + ".json").getFirst());

    assertThat(event.getType()).isEqualTo(type);
    assertThat(event.getRecipient()).isEqualTo(recipient);
    assertThat(event.getOccurredAt()).isEqualTo(Instant.ofEpochSecond(at));
    assertThat(event.getProviderMessageId()).isNotBlank();
  }

  @Test
  void theListsAddsAreEchoedAndItsRemovalsAreNot() {
    List<JsonNode> changes = entries("mandrill/sync_blacklist.json");

    for (JsonNode change : changes.subList(0, 2)) {
      FeedbackEvent event = event(change);
      assertThat(event.getType()).isEqualTo(FeedbackType.BOUNCED);
      assertThat(event.getRecipient()).isEqualTo("example.webhook@mandrillapp.com");
      assertThat(event.getBounce().getCategory()).isEqualTo(BounceCategory.ESP_SUPPRESSED);
      assertThat(event.getBounce().getBounceClass()).isEqualTo(BounceClass.PERMANENT);
    }
    assertThat(event(changes.get(0)).getEventId()).isNotEqualTo(event(changes.get(1)).getEventId());
    assertThat(events.read(changes.get(2))).isEqualTo(new Reading.Nothing());
  }

  @Test
  void theAllowlistDoesNotBearOnMail() {
    assertThat(entries("mandrill/sync_whitelist.json"))
        .hasSize(2)
        .allMatch(entry -> events.read(entry) instanceof Reading.Nothing);
  }

  @Test
  void whatIsNotOfAMessageIsUnknown() {
    assertThat(events.read(entries("mandrill/inbound_without_msg.json").getFirst()))
        .isInstanceOf(Reading.Unknown.class);
  }

  @ParameterizedTest
  @CsvSource({
    "add, unsub, BOUNCED, UNSUBSCRIBED",
    "add, spam, BOUNCED, ESP_SUPPRESSED",
    "add, custom, BOUNCED, ESP_SUPPRESSED",
    "add, something, BOUNCED, ESP_SUPPRESSED",
    "remove, unsub, RESUBSCRIBED,"
  })
  void aChangeOfTheList(String action, String reason, FeedbackType type, BounceCategory category)
      throws Exception {
    FeedbackEvent event =
        event(
            JSON.readTree(
                """
                {"type":"blacklist","action":"%s","ts":1438785792,
                 "reject":{"email":"jane@example.com","reason":"%s"}}
                """
                    .formatted(action, reason)));

    assertThat(event.getType()).isEqualTo(type);
    assertThat(event.getBounce() == null ? null : event.getBounce().getCategory())
        .isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "hard_bounce, bad_mailbox, -, PERMANENT, INVALID_RECIPIENT",
        "hard_bounce, invalid_domain, -, PERMANENT, BAD_DOMAIN",
        "hard_bounce, general, smtp;550 5.1.1 no, PERMANENT, INVALID_RECIPIENT",
        "hard_bounce, general, smtp;550 5.7.1 policy, UNDETERMINED, POLICY",
        "hard_bounce, -, -, PERMANENT, GENERAL",
        "soft_bounce, mailbox_full, -, TRANSIENT, MAILBOX_FULL",
        "soft_bounce, general, 452 4.2.2 full, TRANSIENT, MAILBOX_FULL"
      })
  void aBounceIsJudgedByItsDescriptionAndTheServersWords(
      String kind,
      String description,
      String diag,
      BounceClass bounceClass,
      BounceCategory category) {
    FeedbackEvent event =
        event(
            entry(
                kind,
                "\"bounce_description\":%s,\"diag\":%s".formatted(json(description), json(diag))));

    assertThat(event.getBounce().getBounceClass()).isEqualTo(bounceClass);
    assertThat(event.getBounce().getCategory()).isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource({
    "hard-bounce, BOUNCED, ESP_SUPPRESSED",
    "soft-bounce, BOUNCED, ESP_SUPPRESSED",
    "spam, BOUNCED, ESP_SUPPRESSED",
    "custom, BOUNCED, ESP_SUPPRESSED",
    "unsub, BOUNCED, UNSUBSCRIBED",
    "invalid-sender, REJECTED,",
    "test-mode-limit, REJECTED,",
    "rule, REJECTED,"
  })
  void aRejectIsAnEchoOfTheListOrAFaultOfTheMail(
      String reason, FeedbackType type, BounceCategory category) {
    for (String reject :
        List.of("\"reject\":\"" + reason + "\"", "\"reject\":{\"reason\":\"" + reason + "\"}")) {
      FeedbackEvent event = event(entry("reject", reject));

      assertThat(event.getType()).isEqualTo(type);
      assertThat(event.getBounce() == null ? null : event.getBounce().getCategory())
          .isEqualTo(category);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "7",
        "{\"event\":\"open\"}",
        "{\"event\":\"open\",\"msg\":null}",
        "{\"event\":\"open\",\"msg\":{\"email\":\"jane\"}}",
        "{\"event\":\"teleported\",\"msg\":{\"email\":\"jane@example.com\"}}",
        "{\"type\":\"blacklist\",\"action\":\"add\"}",
        "{\"type\":\"blacklist\",\"action\":\"turn\",\"reject\":{\"email\":\"jane@example.com\"}}",
        "{\"type\":\"greylist\"}"
      })
  void whatIsNotUnderstoodIsUnknown(String json) throws Exception {
    Reading reading = events.read(JSON.readTree(json));

    assertThat(reading).isInstanceOf(Reading.Unknown.class);
    assertThat(((Reading.Unknown) reading).reason()).doesNotContain("jane");
  }

  private static List<JsonNode> entries(String path) {
    JsonNode sample = Samples.read(path);
    JsonNode array = sample.isArray() ? sample : sample.get("mandrill_events");
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private FeedbackEvent event(JsonNode entry) {
    return ((Reading.Event) events.read(entry)).event();
  }

  private static String json(String text) {
    return text == null ? "null" : '"' + text + '"';
  }

  private static JsonNode entry(String kind, String members) {
    try {
      return JSON.readTree(
          "{\"event\":\"%s\",\"ts\":1760000000,\"msg\":{\"_id\":\"m1\",\"email\":\"jane@example.com\",%s}}"
              .formatted(kind, members));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.mailstream.webhook.provider.mailgun;

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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailgunEventsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MailgunEvents events = new MailgunEvents(new EventSource("mailgun", NOW));

  @ParameterizedTest
  @CsvSource({
    "delivered_messages, DELIVERED, 2018-03-19T15:11:02Z",
    "permanent_failure, BOUNCED, 2018-03-16T20:46:35.376Z",
    "suppression_failure, BOUNCED, 2018-03-16T20:46:35.376Z",
    "temporary_failure, DELAYED, 2018-03-19T15:11:02.908Z",
    "spam_complaints, COMPLAINED, 2018-03-16T20:45:23.501Z",
    "unsubscribes, UNSUBSCRIBED, 2018-03-16T23:35:39.874Z"
  })
  void everySampleIsUnderstood(String sample, FeedbackType type, Instant at) {
    FeedbackEvent event = event(Samples.read("mailgun/" + sample + ".json").get("event-data"));

    assertThat(event.getType()).isEqualTo(type);
    assertThat(event.getRecipient()).isEqualTo("alice@example.com");
    assertThat(event.getOccurredAt()).isEqualTo(at);
    assertThat(event.getProviderMessageId()).endsWith("@app.symfony.com");
    assertThat(event.getTags())
        .isEqualTo(Map.of("my_var_1", "Mailgun Variable #1", "my-var-2", "awesome"));
  }

  @Test
  void whatIsKnownOfABounceComesAlong() {
    FeedbackEvent event = event(Samples.read("mailgun/permanent_failure.json").get("event-data"));

    assertThat(event.getBounce().getBounceClass()).isEqualTo(BounceClass.PERMANENT);
    assertThat(event.getBounce().getCategory()).isEqualTo(BounceCategory.INVALID_RECIPIENT);
    assertThat(event.getBounce().getDiagnostic()).isEqualTo("550 No Such User Here");
    assertThat(event.getBounce().getProviderType()).isEqualTo("permanent/bounce");
  }

  @ParameterizedTest
  @CsvSource({
    "permanent, bounce, BOUNCED, PERMANENT, GENERAL",
    "permanent, suppress-bounce, BOUNCED, PERMANENT, ESP_SUPPRESSED",
    "permanent, suppress-complaint, BOUNCED, PERMANENT, ESP_SUPPRESSED",
    "permanent, suppress-unsubscribe, BOUNCED, PERMANENT, UNSUBSCRIBED",
    "permanent, old, BOUNCED, UNDETERMINED, TIMEOUT",
    "permanent, generic, BOUNCED, UNDETERMINED, GENERAL",
    "permanent, espblock, BOUNCED, UNDETERMINED, GENERAL",
    "temporary, bounce, DELAYED, TRANSIENT, GENERAL",
    "temporary, greylisted, DELAYED, TRANSIENT, GENERAL"
  })
  void aFailureIsJudgedBySeverityAndReason(
      String severity,
      String reason,
      FeedbackType type,
      BounceClass bounceClass,
      BounceCategory category) {
    FeedbackEvent event =
        event(
            entry(
                "failed",
                "\"severity\":\"%s\",\"reason\":\"%s\",\"delivery-status\":{\"code\":550}"
                    .formatted(severity, reason)));

    assertThat(event.getType()).isEqualTo(type);
    assertThat(event.getBounce().getBounceClass()).isEqualTo(bounceClass);
    assertThat(event.getBounce().getCategory()).isEqualTo(category);
  }

  @Test
  void aDeliveryStatusMayBeNull() {
    FeedbackEvent event =
        event(
            entry(
                "failed",
                "\"severity\":\"permanent\",\"reason\":\"bounce\",\"delivery-status\":null"));

    assertThat(event.getBounce().getBounceClass()).isEqualTo(BounceClass.PERMANENT);
    assertThat(event.getBounce().getDiagnostic()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "accepted, SENT",
    "rejected, REJECTED",
    "opened, OPENED",
    "clicked, CLICKED",
  })
  void theOtherEvents(String kind, FeedbackType type) {
    FeedbackEvent event =
        event(entry(kind, "\"url\":\"https://example.com\",\"reject\":{\"reason\":\"no\"}"));

    assertThat(event.getType()).isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"event\":7}",
        "{\"event\":\"opened\"}",
        "{\"event\":\"opened\",\"recipient\":\"jane\"}",
        "{\"event\":\"failed\",\"recipient\":\"jane@example.com\"}",
        "{\"event\":\"stored\",\"recipient\":\"jane@example.com\"}"
      })
  void whatIsNotUnderstoodIsUnknown(String json) throws Exception {
    Reading reading = events.read(JSON.readTree(json));

    assertThat(reading).isInstanceOf(Reading.Unknown.class);
    assertThat(((Reading.Unknown) reading).reason()).doesNotContain("jane");
  }

  private FeedbackEvent event(JsonNode entry) {
    return ((Reading.Event) events.read(entry)).event();
  }

  private static JsonNode entry(String kind, String members) {
    try {
      return JSON.readTree(
          "{\"id\":\"x\",\"event\":\"%s\",\"recipient\":\"jane@example.com\",\"timestamp\":1760000000,%s}"
              .formatted(kind, members));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.mailstream.webhook.provider.postmark;

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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostmarkEventsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PostmarkEvents events =
      new PostmarkEvents(new EventSource("postmark", NOW), Optional.empty());

  @ParameterizedTest
  @CsvSource({
    "bounce, BOUNCED, 2022-09-02T14:29:19.123456700Z",
    "delivery, DELIVERED, 2022-09-02T11:49:27Z",
    "link_click, CLICKED, 2022-09-02T14:31:09Z",
    "open, OPENED, 2022-09-02T14:30:47Z",
    "spam_complaint, COMPLAINED, 2022-09-02T14:29:57.123456Z",
    "subscription_change, BOUNCED, 2022-09-02T14:32:30Z"
  })
  void everySampleIsUnderstood(String sample, FeedbackType type, Instant at) {
    FeedbackEvent event = event(Samples.read("postmark/" + sample + ".json"));

    assertThat(event.getType()).isEqualTo(type);
    assertThat(event.getRecipient()).isEqualTo("john@example.com");
    assertThat(event.getOccurredAt().toEpochMilli()).isEqualTo(at.toEpochMilli());
    assertThat(event.getTags()).containsEntry("example", "value").hasSize(2);
  }

  @Test
  void noSampleIsLeftOut() {
    assertThat(Samples.all("postmark"))
        .allMatch(path -> events.read(Samples.read(path)) instanceof Reading.Event);
  }

  @ParameterizedTest
  @CsvSource({
    "HardBounce, false, BOUNCED, PERMANENT, GENERAL",
    "HardBounce, true, BOUNCED, PERMANENT, GENERAL",
    "BadEmailAddress, false, BOUNCED, PERMANENT, INVALID_RECIPIENT",
    "ManuallyDeactivated, true, BOUNCED, PERMANENT, ESP_SUPPRESSED",
    "SoftBounce, false, BOUNCED, TRANSIENT, GENERAL",
    "SoftBounce, true, BOUNCED, PERMANENT, ESP_SUPPRESSED",
    "Transient, false, DELAYED, TRANSIENT, GENERAL",
    "Transient, true, BOUNCED, PERMANENT, ESP_SUPPRESSED",
    "DnsError, false, BOUNCED, TRANSIENT, BAD_DOMAIN",
    "SpamNotification, false, BOUNCED, UNDETERMINED, SPAM_CONTENT",
    "VirusNotification, false, BOUNCED, UNDETERMINED, CONTENT_REJECTED",
    "DMARCPolicy, false, BOUNCED, UNDETERMINED, AUTHENTICATION",
    "Blocked, false, BOUNCED, UNDETERMINED, REPUTATION",
    "Unknown, false, BOUNCED, UNDETERMINED, GENERAL",
    "Unconfirmed, false, BOUNCED, UNDETERMINED, GENERAL",
    "SomethingNew, false, BOUNCED, UNDETERMINED, GENERAL",
    "AutoResponder, true, BOUNCED, PERMANENT, ESP_SUPPRESSED"
  })
  void aBounceIsJudgedByItsTypeAndByWhetherItIsInactive(
      String type,
      boolean inactive,
      FeedbackType expected,
      BounceClass bounceClass,
      BounceCategory category) {
    FeedbackEvent event = event(bounce(type, inactive, "550 no"));

    assertThat(event.getType()).isEqualTo(expected);
    assertThat(event.getBounce().getBounceClass()).isEqualTo(bounceClass);
    assertThat(event.getBounce().getCategory()).isEqualTo(category);
    assertThat(event.getBounce().getProviderType()).isEqualTo(type);
  }

  @Test
  void aHardBounceThatIsNotTheAddressesFaultIsOnlyAnEchoOfTheList() {
    assertThat(event(bounce("HardBounce", false, "550 5.7.1 policy")).getBounce().getBounceClass())
        .isEqualTo(BounceClass.UNDETERMINED);
    assertThat(event(bounce("HardBounce", true, "550 5.7.1 policy")).getBounce().getCategory())
        .isEqualTo(BounceCategory.ESP_SUPPRESSED);
  }

  @ParameterizedTest
  @CsvSource({
    "SpamComplaint, COMPLAINED",
    "Unsubscribe, UNSUBSCRIBED",
    "TemplateRenderingFailed, RENDERING_FAILED",
    "SMTPApiError, REJECTED"
  })
  void whatIsCalledABounceAndIsNone(String type, FeedbackType expected) {
    FeedbackEvent event = event(bounce(type, false, "because"));

    assertThat(event.getType()).isEqualTo(expected);
    assertThat(event.getBounce()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AutoResponder",
        "AddressChange",
        "Subscribe",
        "ChallengeVerification",
        "OpenRelayTest",
        "InboundError"
      })
  void anAnswerIsNoBounce(String type) {
    assertThat(events.read(bounce(type, false, "out of office"))).isEqualTo(new Reading.Nothing());
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "true, HardBounce, Recipient, BOUNCED",
        "true, SpamComplaint, Recipient, COMPLAINED",
        "true, ManualSuppression, Recipient, UNSUBSCRIBED",
        "true, ManualSuppression, Customer, BOUNCED",
        "true, ManualSuppression, Admin, BOUNCED",
        "true, -, Recipient, UNSUBSCRIBED",
        "false, -, Customer, RESUBSCRIBED",
        "false, -, Recipient, RESUBSCRIBED"
      })
  void aChangedSubscriptionIsAnEchoOrTheRecipientsWish(
      boolean suppress, String reason, String origin, FeedbackType expected) throws Exception {
    FeedbackEvent event =
        event(
            JSON.readTree(
                """
                {"RecordType":"SubscriptionChange","Recipient":"jane@example.com",
                 "MessageID":"m1","ChangedAt":"2026-11-20T10:00:00Z","SuppressSending":%s,
                 "SuppressionReason":%s,"Origin":"%s"}
                """
                    .formatted(suppress, reason == null ? "null" : '"' + reason + '"', origin)));

    assertThat(event.getType()).isEqualTo(expected);
    if (expected == FeedbackType.BOUNCED) {
      assertThat(event.getBounce().getCategory()).isEqualTo(BounceCategory.ESP_SUPPRESSED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"RecordType\":7}",
        "{\"RecordType\":\"Open\"}",
        "{\"RecordType\":\"Open\",\"Recipient\":\"jane\"}",
        "{\"RecordType\":\"Inbound\",\"Email\":\"jane@example.com\"}",
        "{\"RecordType\":\"SubscriptionChange\",\"Recipient\":\"jane@example.com\"}"
      })
  void whatIsNotUnderstoodIsUnknown(String json) throws Exception {
    Reading reading = events.read(JSON.readTree(json));

    assertThat(reading).isInstanceOf(Reading.Unknown.class);
    assertThat(((Reading.Unknown) reading).reason()).doesNotContain("jane");
  }

  private FeedbackEvent event(JsonNode entry) {
    return ((Reading.Event) events.read(entry)).event();
  }

  private static JsonNode bounce(String type, boolean inactive, String details) {
    try {
      return JSON.readTree(
          """
          {"RecordType":"Bounce","Type":"%s","Inactive":%s,"Email":"jane@example.com",
           "MessageID":"m1","Details":"%s","BouncedAt":"2026-11-20T10:00:00Z"}
          """
              .formatted(type, inactive, details));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

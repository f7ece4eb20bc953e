package io.mailstream.webhook.provider.sendgrid;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendGridEventsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SendGridEvents events = new SendGridEvents(new EventSource("sendgrid", NOW));

  @ParameterizedTest
  @CsvSource({
    "processed, SENT",
    "dropped, BOUNCED",
    "delivered, DELIVERED",
    "deferred, DELAYED",
    "bounce, BOUNCED",
    "blocked, BOUNCED",
    "open, OPENED",
    "click, CLICKED",
    "spamreport, COMPLAINED",
    "unsubscribe, UNSUBSCRIBED",
    "group_unsubscribe, UNSUBSCRIBED",
    "group_resubscribe, RESUBSCRIBED"
  })
  void everySampleIsUnderstood(String sample, FeedbackType type) {
    FeedbackEvent event = event(Samples.read("sendgrid/" + sample + ".json").get(0));

    assertThat(event.getType()).isEqualTo(type);
    assertThat(event.getRecipient()).isEqualTo("example@test.com");
    assertThat(event.getOccurredAt()).isEqualTo(Instant.ofEpochSecond(1513299569));
    assertThat(event.getProviderMessageId()).isEqualTo("14c5d75ce93.dfd.64b469");
    assertThat(event.getTags()).isEmpty();
  }

  @Test
  void noSampleIsLeftOut() {
    for (String path : Samples.all("sendgrid")) {
      JsonNode sample = Samples.read(path);
      List<JsonNode> entries = new ArrayList<>();
      if (sample.isArray()) {
        sample.forEach(entries::add);
      } else {
        entries.add(sample);
      }
      assertThat(entries)
          .as(path)
          .isNotEmpty()
          .allMatch(entry -> events.read(entry) instanceof Reading.Event);
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "bounce, 5.1.1, 550 5.1.1 user unknown, -, PERMANENT, INVALID_RECIPIENT",
        "bounce, 5.0.0, 500 unknown recipient, Invalid Address, PERMANENT, INVALID_RECIPIENT",
        "bounce, 5.0.0, 500 no, Invalid Address, PERMANENT, INVALID_RECIPIENT",
        "bounce, 5.0.0, 500 no, -, PERMANENT, GENERAL",
        "bounce, 5.7.1, 550 5.7.1 rejected by policy, -, UNDETERMINED, POLICY",
        "bounce, 4.4.7, 450 4.4.7 expired, -, TRANSIENT, TIMEOUT",
        "blocked, 5.1.1, 550 5.1.1 user unknown, -, TRANSIENT, INVALID_RECIPIENT",
        "blocked, 5.0.0, 550 no, Reputation, TRANSIENT, REPUTATION",
        "blocked, 5.0.0, 550 no, Content, TRANSIENT, CONTENT_REJECTED",
        "blocked, 5.0.0, 550 no, Technical Failure, TRANSIENT, PROTOCOL",
        "blocked, 5.0.0, 550 no, Frequency or Volume Too High, TRANSIENT, RATE_LIMITED",
        "bounce, 5.0.0, 550 no, Mailbox Unavailable, UNDETERMINED, MAILBOX_FULL",
        "bounce, 5.0.0, 550 no, Unclassified, PERMANENT, GENERAL"
      })
  void aBounceIsJudgedByTypeStatusAndWords(
      String type,
      String status,
      String reason,
      String classification,
      BounceClass bounceClass,
      BounceCategory category) {
    FeedbackEvent event =
        event(
            entry(
                "bounce",
                "\"type\":\"%s\",\"status\":\"%s\",\"reason\":\"%s\"%s"
                    .formatted(
                        type,
                        status,
                        reason,
                        classification == null
                            ? ""
                            : ",\"bounce_classification\":\"" + classification + "\"")));

    assertThat(event.getBounce().getBounceClass()).isEqualTo(bounceClass);
    assertThat(event.getBounce().getCategory()).isEqualTo(category);
    assertThat(event.getBounce().getEnhancedStatus()).isEqualTo(status);
    assertThat(event.getBounce().getProviderType()).startsWith(type);
  }

  @ParameterizedTest
  @CsvSource({
    "Bounced Address, BOUNCED, ESP_SUPPRESSED",
    "Spam Reporting Address, BOUNCED, ESP_SUPPRESSED",
    "Invalid, BOUNCED, ESP_SUPPRESSED",
    "Unsubscribed Address, BOUNCED, UNSUBSCRIBED",
    "Spam Content, REJECTED,",
    "Recipient List over Package Quota, REJECTED,",
    "Something new, REJECTED,"
  })
  void whatIsDroppedIsAnEchoOfTheListOrRejected(
      String reason, FeedbackType type, BounceCategory category) {
    FeedbackEvent event = event(entry("dropped", "\"reason\":\"" + reason + "\""));

    assertThat(event.getType()).isEqualTo(type);
    if (category == null) {
      assertThat(event.getBounce()).isNull();
      assertThat(event.getDetail()).isEqualTo(reason);
    } else {
      assertThat(event.getBounce().getCategory()).isEqualTo(category);
      assertThat(event.getBounce().getBounceClass()).isEqualTo(BounceClass.PERMANENT);
    }
  }

  @Test
  void aDropWithoutAnIdHasOneOfItsOwnAndARepeatTheSame() {
    FeedbackEvent one = event(entry("dropped", "\"reason\":\"Bounced Address\""));

    assertThat(event(entry("dropped", "\"reason\":\"Bounced Address\"")).getEventId())
        .isEqualTo(one.getEventId());
    assertThat(event(entry("dropped", "\"reason\":\"Invalid\"")).getEventId())
        .isNotEqualTo(one.getEventId());
  }

  @ParameterizedTest
  @CsvSource({
    "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0, 14c5d75ce93.dfd.64b469",
    "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0,"
        + " LRzXl_NHStOGhQ4kofSm_A",
    "LRzXl_NHStOGhQ4kofSm_A.recvd-5f5fc76c9d-kmzbl-1, LRzXl_NHStOGhQ4kofSm_A",
    "plain, plain"
  })
  void theMessageIdIsThatOfTheAnswer(String given, String id) {
    FeedbackEvent event = event(entry("open", "\"sg_message_id\":\"" + given + "\""));

    assertThat(event.getProviderMessageId()).isEqualTo(id);
  }

  @Test
  void aCategoryMayBeATextOrAList() {
    assertThat(event(entry("open", "\"category\":\"a\"")).getTags()).isEmpty();
    assertThat(event(entry("open", "\"category\":[\"a\",\"b\"]")).getTags()).isEmpty();
  }

  @Test
  void aTagOfARequestCannotPoseAsOneOfOurs() {
    FeedbackEvent event =
        event(entry("open", "\"ms_tag_ms_tenant\":\"other\",\"ms_tag_a\":\"b\",\"c\":\"d\""));

    assertThat(event.getTenant()).isNull();
    assertThat(event.getTags()).containsExactly(java.util.Map.entry("a", "b"));
  }

  @Test
  void anUnsubscribeHoldsForTheTenantAndOneOfAGroupForTheStream() {
    String ours = "\"ms_tenant\":\"shop\",\"ms_stream\":\"news\"";

    assertThat(event(entry("unsubscribe", ours)).getStream()).isNull();
    assertThat(event(entry("unsubscribe", ours)).getTenant()).isEqualTo("shop");
    assertThat(event(entry("group_unsubscribe", ours)).getStream()).isEqualTo("news");
  }

  @Test
  void whatIsHugeIsCutAndStaysWritable() {
    StringBuilder many = new StringBuilder("\"a\":1");
    for (int i = 0; i < 1000; i++) {
      many.append(",\"ms_tag_").append(i).append("\":\"").append("x".repeat(2000)).append('"');
    }
    FeedbackEvent event = event(entry("click", many + ",\"url\":\"" + "u".repeat(9000) + "\""));

    assertThat(event.toString().length()).isLessThan(100_000);
    assertThat(event.getDetail()).hasSize(2000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "7",
        "null",
        "[]",
        "{\"event\":7}",
        "{\"event\":\"open\"}",
        "{\"event\":\"open\",\"email\":\"jane\"}",
        "{\"event\":\"open\",\"email\":{\"x\":1}}",
        "{\"event\":\"teleported\",\"email\":\"jane@example.com\"}"
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
          "{\"event\":\"%s\",\"email\":\"jane@example.com\",\"timestamp\":1760000000,%s}"
              .formatted(kind, members));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

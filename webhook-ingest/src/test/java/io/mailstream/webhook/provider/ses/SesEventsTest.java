package io.mailstream.webhook.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.Receipt;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SesEventsTest {

  private static final Path SAMPLES = Path.of("../../shared/fixtures/webhooks/ses");
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "eventpub-bounce-record-1, BOUNCED, recipient@example.com, 2017-08-05T00:41:02.669Z",
    "eventpub-click-record-1, CLICKED, recipient@example.com, 2017-08-09T23:51:25.570Z",
    "eventpub-complaint-record-1, COMPLAINED, recipient@example.com, 2017-08-05T00:41:02.669Z",
    "eventpub-delivery-record-1, DELIVERED, recipient@example.com, 2016-10-19T23:21:04.133Z",
    "eventpub-deliverydelay-record-1, DELAYED, recipient@example.com, 2020-06-16T00:25:40.095Z",
    "eventpub-open-record-1, OPENED, recipient@example.com, 2017-08-09T22:00:19.652Z",
    "eventpub-reject-record-1, REJECTED, sender@example.com, 2016-10-14T17:38:15.211Z",
    "eventpub-rendering-failure-record-1, RENDERING_FAILED, recipient@example.com,"
        + " 2018-01-22T18:43:06.197Z",
    "eventpub-send-record-1, SENT, recipient@example.com, 2016-10-14T05:02:16.645Z",
    "eventpub-subscription-record-1, UNSUBSCRIBED, recipient@example.com,"
        + " 2022-01-12T01:00:17.910Z",
    "notification-bounce-notification-with-a-dsn-1, BOUNCED, jane@example.com,"
        + " 2016-01-27T14:59:38.237Z",
    "notification-complaint-notification-with-a-feedback-report-1, COMPLAINED,"
        + " richard@example.com, 2016-01-27T14:59:38.237Z",
    "notification-complaint-notification-without-a-feedback-report-1, COMPLAINED,"
        + " richard@example.com, 2016-01-27T14:59:38.237Z",
    "notification-amazon-sns-delivery-notification-example-1, DELIVERED, jane@example.com,"
        + " 2016-01-27T14:59:38.237Z"
  })
  void everySampleIsUnderstood(String sample, FeedbackType type, String recipient, Instant at)
      throws Exception {
    FeedbackEvent event = sample(sample).getFirst();

    assertThat(event.getType()).isEqualTo(type);
    assertThat(event.getRecipient()).isEqualTo(recipient);
    assertThat(event.getOccurredAt()).isEqualTo(at);
    assertThat(event.getReceivedAt()).isEqualTo(NOW);
    assertThat(event.getProviderMessageId()).isNotBlank();
    assertThat(event.getTags()).doesNotContainKey("ses:configuration-set");
  }

  @Test
  void noSampleIsLeftOut() throws Exception {
    assumeSamples();
    try (var samples = Files.list(SAMPLES)) {
      for (Path sample : samples.toList()) {
        Receipt receipt = read(Files.readString(sample));
        assertThat(((Receipt.Authentic) receipt).events()).as(sample.toString()).isNotEmpty();
      }
    }
  }

  @Test
  void whatIsKnownOfABounceComesAlong() throws Exception {
    FeedbackEvent event = sample("eventpub-bounce-record-1").getFirst();

    assertThat(event.getBounce().getBounceClass()).isEqualTo(BounceClass.PERMANENT);
    assertThat(event.getBounce().getCategory()).isEqualTo(BounceCategory.INVALID_RECIPIENT);
    assertThat(event.getBounce().getEnhancedStatus()).isEqualTo("5.1.1");
    assertThat(event.getBounce().getDiagnostic()).isEqualTo("smtp; 550 5.1.1 user unknown");
    assertThat(event.getBounce().getProviderType()).isEqualTo("Permanent/General");
  }

  @Test
  void aBounceWithoutStatusesIsJudgedByItsType() throws Exception {
    List<FeedbackEvent> events = sample("notification-bounce-notification-without-a-dsn-1");

    assertThat(events)
        .extracting(FeedbackEvent::getRecipient)
        .containsExactly("jane@example.com", "richard@example.com");
    assertThat(events)
        .allMatch(event -> event.getBounce().getBounceClass() == BounceClass.PERMANENT);
    assertThat(events).extracting(FeedbackEvent::getEventId).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "Permanent, General, 5.1.1, failed, PERMANENT, INVALID_RECIPIENT",
    "Permanent, General, , , PERMANENT, GENERAL",
    "Permanent, NoEmail, 5.1.1, failed, PERMANENT, INVALID_RECIPIENT",
    "Permanent, SomethingNew, 5.0.0, failed, PERMANENT, UNKNOWN",
    "Permanent, Suppressed, , , PERMANENT, ESP_SUPPRESSED",
    "Permanent, OnAccountSuppressionList, , , PERMANENT, ESP_SUPPRESSED",
    "Permanent, OnTenantSuppressionList, , , PERMANENT, ESP_SUPPRESSED",
    "Permanent, EmailValidationSuppressed, , , PERMANENT, ESP_SUPPRESSED",
    "Permanent, UnsubscribedRecipient, , , PERMANENT, UNSUBSCRIBED",
    "Permanent, General, 4.0.0, delayed, TRANSIENT, GENERAL",
    "Permanent, General, 4.4.7, failed, TRANSIENT, TIMEOUT",
    "Permanent, General, 5.0.0, delayed, TRANSIENT, GENERAL",
    "Permanent, General, 2.1.5, delivered, UNDETERMINED, GENERAL",
    "Permanent, General, 5.7.1, failed, UNDETERMINED, POLICY",
    "Permanent, General, 5.2.2, failed, UNDETERMINED, MAILBOX_FULL",
    "Transient, General, 5.1.1, failed, TRANSIENT, INVALID_RECIPIENT",
    "Transient, MailboxFull, 4.2.2, failed, TRANSIENT, MAILBOX_FULL",
    "Transient, MessageTooLarge, , , TRANSIENT, MESSAGE_TOO_LARGE",
    "Transient, CustomTimeoutExceeded, , , TRANSIENT, TIMEOUT",
    "Transient, ContentRejected, , , TRANSIENT, CONTENT_REJECTED",
    "Transient, AttachmentRejected, , , TRANSIENT, ATTACHMENT_REJECTED",
    "Undetermined, Undetermined, , , UNDETERMINED, UNKNOWN",
    "Brandnew, Brandnew, 5.1.1, failed, UNDETERMINED, INVALID_RECIPIENT"
  })
  void aBounceIsClassedForEachRecipient(
      String type,
      String subType,
      String status,
      String action,
      BounceClass bounceClass,
      BounceCategory category) {
    String recipient =
        "{\"emailAddress\":\"jane@example.com\"%s%s}"
            .formatted(
                status == null ? "" : ",\"status\":\"" + status + "\"",
                action == null ? "" : ",\"action\":\"" + action + "\"");
    FeedbackEvent event = events(bounce(type, subType, recipient)).getFirst();

    assertThat(event.getBounce().getBounceClass()).isEqualTo(bounceClass);
    assertThat(event.getBounce().getCategory()).isEqualTo(category);
  }

  @Test
  void oneDelayedAmongPermanentBouncesIsNotOne() {
    List<FeedbackEvent> events =
        events(
            bounce(
                "Permanent",
                "General",
                """
                {"emailAddress":"a@example.com","action":"failed","status":"5.1.1"},
                {"emailAddress":"b@example.com","action":"delayed","status":"4.0.0"}\
                """));

    assertThat(events)
        .extracting(event -> event.getBounce().getBounceClass())
        .containsExactly(BounceClass.PERMANENT, BounceClass.TRANSIENT);
  }

  @Test
  void aForwardedMailsBounceIsAboutWhomWeMailed() {
    FeedbackEvent event =
        events(
                bounce(
                    "Permanent",
                    "General",
                    "{\"emailAddress\":\"elsewhere@example.net\",\"status\":\"5.1.1\"}",
                    "\"Jane <jane@example.com>\""))
            .getFirst();

    assertThat(event.getRecipient()).isEqualTo("jane@example.com");
  }

  @Test
  void ourTagsSayWhichDeliveryItWasAndTheRequestsComeBack() {
    FeedbackEvent event =
        events(
                """
                {"eventType":"Send","send":{},"mail":{"messageId":"m1",
                 "destination":["jane@example.com"],"timestamp":"2026-11-21T09:00:00Z",
                 "tags":{"ms_delivery_id":["d1"],"ms_request_id":["r1"],"ms_tenant":["shop"],
                 "ms_stream":["news"],"ses:source-ip":["192.0.2.0"],"campaign":["autumn"],
                 "empty":[]}}}\
                """)
            .getFirst();

    assertThat(event.getDeliveryId()).isEqualTo("d1");
    assertThat(event.getRequestId()).isEqualTo("r1");
    assertThat(event.getTenant()).isEqualTo("shop");
    assertThat(event.getStream()).isEqualTo("news");
    assertThat(event.getTags()).containsOnly(java.util.Map.entry("campaign", "autumn"));
    assertThat(event.getProviderMessageId()).isEqualTo("m1");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"abuse, abuse", "not-spam, not-spam", "Fraud, fraud", "-, -"})
  void aComplaintsKindComesAlong(String given, String kind) {
    FeedbackEvent event =
        events(
                """
                {"eventType":"Complaint","complaint":{"complaintFeedbackType":%s,
                 "complainedRecipients":[{"emailAddress":"jane@example.com"}],
                 "timestamp":"2026-11-21T09:00:00Z"},
                 "mail":{"destination":["jane@example.com"]}}\
                """
                    .formatted(given == null ? "null" : '"' + given + '"'))
            .getFirst();

    assertThat(event.getComplaintType()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "false, OptOut, false, OptIn, RESUBSCRIBED, true",
    "false, OptIn, false, OptOut, UNSUBSCRIBED, true",
    "false, OptIn, true, OptIn, UNSUBSCRIBED, false",
    "true, OptIn, false, OptIn, RESUBSCRIBED, false"
  })
  void aChangedSubscriptionIsAnUnsubscribeOrItsEnd(
      boolean allBefore,
      String before,
      boolean all,
      String after,
      FeedbackType type,
      boolean ofStream) {
    FeedbackEvent event = events(subscription(allBefore, before, all, after)).getFirst();

    assertThat(event.getType()).isEqualTo(type);
    assertThat(event.getTenant()).isEqualTo("shop");
    assertThat(event.getStream()).isEqualTo(ofStream ? "news" : null);
  }

  @Test
  void aSubscriptionThatDidNotChangeIsNothing() {
    assertThat(read(subscription(false, "OptOut", false, "OptOut")))
        .isEqualTo(new Receipt.Done("subscription_unchanged"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"eventType\":\"Teleported\",\"mail\":{\"destination\":[\"jane@example.com\"]}}",
        "{}",
        "{\"eventType\":7}",
        "hello",
        "[]",
        "{\"eventType\":\"Bounce\"}",
        "{\"eventType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":\"jane\"}}",
        "{\"eventType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":3}]}}",
        "{\"eventType\":\"Send\",\"mail\":{\"destination\":[\"jane\"]}}",
        "{\"eventType\":\"Send\",\"mail\":{\"destination\":[]}}"
      })
  void whatIsNotUnderstoodIsKept(String message) {
    Receipt.Authentic receipt = (Receipt.Authentic) read(message);

    assertThat(receipt.events()).isEmpty();
    assertThat(receipt.unknown().getFirst().body())
        .isEqualTo(message.getBytes(StandardCharsets.UTF_8));
    assertThat(receipt.unknown().getFirst().reason()).doesNotContain("jane");
  }

  @Test
  void oneRecipientThatIsNoAddressDoesNotHideTheOthers() {
    Receipt.Authentic receipt =
        (Receipt.Authentic)
            read(
                bounce(
                    "Permanent",
                    "General",
                    """
                    {"emailAddress":"jane@example.com","action":"failed","status":"5.1.1"},
                    {"emailAddress":"jane","action":"failed","status":"5.1.1"}\
                    """));

    assertThat(receipt.events())
        .extracting(FeedbackEvent::getRecipient)
        .containsExactly("jane@example.com");
    assertThat(receipt.unknown()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "MailboxFull, 4.2.2, MAILBOX_FULL",
    "SpamDetected, 4.7.0, SPAM_CONTENT",
    "RecipientServerError, , CONNECTION",
    "RecipientServerError, 4.2.2, MAILBOX_FULL",
    "TransientCommunicationFailure, 4.4.2, CONNECTION",
    "InternalFailure, , CONNECTION",
    "IPFailure, 4.7.0, REPUTATION",
    "Undetermined, , GENERAL",
    "General, 4.1.1, INVALID_RECIPIENT"
  })
  void aDelayIsTransientWhateverItsKind(String type, String status, BounceCategory category) {
    FeedbackEvent event =
        events(
                """
                {"eventType":"DeliveryDelay","mail":{"destination":["jane@example.com"]},
                 "deliveryDelay":{"delayType":"%s","timestamp":"2026-11-21T09:00:00Z",
                 "delayedRecipients":[{"emailAddress":"jane@example.com"%s}]}}\
                """
                    .formatted(type, status == null ? "" : ",\"status\":\"" + status + "\""))
            .getFirst();

    assertThat(event.getBounce().getBounceClass()).isEqualTo(BounceClass.TRANSIENT);
    assertThat(event.getBounce().getCategory()).isEqualTo(category);
  }

  @Test
  void depthIsBounded() {
    String deep = "{\"eventType\":\"Send\",\"x\":" + "[".repeat(9999) + "]".repeat(9999) + "}";

    assertThat(((Receipt.Authentic) read(deep)).unknown()).hasSize(1);
  }

  @Test
  void theValidationOfAnIdentitysTopicIsAcknowledged() {
    assertThat(read("{\"notificationType\":\"AmazonSnsSubscriptionSucceeded\"}"))
        .isEqualTo(new Receipt.Done("topic_validated"));
  }

  private static String bounce(String type, String subType, String recipients) {
    return bounce(type, subType, recipients, "\"a@example.com\",\"b@example.com\"");
  }

  private static String bounce(String type, String subType, String recipients, String destination) {
    return """
    {"eventType":"Bounce","bounce":{"bounceType":"%s","bounceSubType":"%s",
     "bouncedRecipients":[%s],"timestamp":"2026-11-21T09:00:00Z"},
     "mail":{"destination":[%s]}}\
    """
        .formatted(type, subType, recipients, destination);
  }

  private static String subscription(boolean allBefore, String before, boolean all, String after) {
    String preferences =
        """
        {"unsubscribeAll":%s,"topicSubscriptionStatus":[
         {"topicName":"t","subscriptionStatus":"%s"}]}\
        """;
    return """
    {"eventType":"Subscription","mail":{"destination":["jane@example.com"],
     "tags":{"ms_tenant":["shop"],"ms_stream":["news"]}},
     "subscription":{"timestamp":"2026-11-21T09:00:00Z","oldTopicPreferences":%s,
     "newTopicPreferences":%s}}\
    """
        .formatted(preferences.formatted(allBefore, before), preferences.formatted(all, after));
  }

  private static List<FeedbackEvent> sample(String name) throws Exception {
    assumeSamples();
    return events(Files.readString(SAMPLES.resolve(name + ".json")));
  }

  private static void assumeSamples() {
    assumeTrue(Files.isDirectory(SAMPLES), "no samples at " + SAMPLES.toAbsolutePath());
  }

  private static List<FeedbackEvent> events(String message) {
    return ((Receipt.Authentic) read(message)).events();
  }

  private static Receipt read(String message) {
    return SesEvents.read(
        new SnsEnvelope(
            SnsEnvelope.Type.NOTIFICATION,
            "11111111-2222-3333-4444-555555555555",
            "arn:aws:sns:eu-west-1:123456789012:mail",
            null,
            message,
            NOW.toString(),
            null,
            null,
            "2",
            "",
            URI.create("https://sns.eu-west-1.amazonaws.com/x.pem")),
        NOW);
  }
}

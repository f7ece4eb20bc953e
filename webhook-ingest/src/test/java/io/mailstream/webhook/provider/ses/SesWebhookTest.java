package io.mailstream.webhook.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Done;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.Receipt.Unavailable;
import io.mailstream.webhook.provider.WebhookContract;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SES's callbacks, by Amazon's own library and certificates that are made here. */
class SesWebhookTest implements WebhookContract {

  private static final String HOST = "sns.eu-west-1.amazonaws.com";

  /** What Amazon's certificates are made out to, in every region. */
  private static final String NAME = "sns.amazonaws.com";

  private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail";
  private static final URI CERTIFICATE =
      URI.create("https://" + HOST + "/SimpleNotificationService-0123456789abcdef.pem");
  private static final URI SUBSCRIBE =
      URI.create("https://" + HOST + "/?Action=ConfirmSubscription&Token=abc");
  private static final String BOUNCE =
      """
      {"eventType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General",
       "bouncedRecipients":[{"emailAddress":"jane@example.com","action":"failed","status":"5.1.1"}],
       "timestamp":"2017-08-05T00:41:02.000Z"},
       "mail":{"messageId":"m1","destination":["jane@example.com"],"tags":{
       "ms_delivery_id":["d1"],"ms_tenant":["shop"],"ms_stream":["news"],
       "campaign":["autumn"]}}}\
      """;
  private static final String COMPLAINT =
      """
      {"eventType":"Complaint","complaint":{"complaintFeedbackType":"abuse",
       "complainedRecipients":[{"emailAddress":"jane@example.com"}],
       "timestamp":"2017-08-05T00:42:02.000Z"},
       "mail":{"messageId":"m1","destination":["jane@example.com"]}}\
      """;

  private static final SnsSigner AMAZON = SnsSigner.validNow(NAME);
  private static final SnsSigner ANOTHER = SnsSigner.validNow(NAME);

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final RecordedOutbound outbound = new RecordedOutbound();
  private SesWebhook webhook;

  @BeforeEach
  void start() {
    outbound.answers.put(CERTIFICATE, new Outbound.Response(200, AMAZON.certificate()));
    outbound.answers.put(SUBSCRIBE, new Outbound.Response(200, new byte[0]));
    webhook =
        new SesWebhook(
            new SesSettings(
                List.of(TopicArn.find(TOPIC).orElseThrow()),
                Duration.ofHours(24),
                Optional.empty()),
            outbound,
            InstantSource.system());
  }

  @Override
  public WebhookProvider provider() {
    return webhook;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public WebhookRequest hardBounce() {
    return request(AMAZON.sign(notification(BOUNCE)));
  }

  @Override
  public WebhookRequest unknownEvent() {
    return request(AMAZON.sign(notification("{\"eventType\":\"Teleported\"}")));
  }

  @Override
  public WebhookRequest complaint() {
    Map<String, String> fields = notification(COMPLAINT);
    fields.put("MessageId", "99999999-2222-3333-4444-555555555555");
    return request(AMAZON.sign(fields));
  }

  @Override
  public WebhookRequest hardBounceWithTrace(String traceparent) {
    return authentic(WebhookContract.withTrace(BOUNCE, traceparent));
  }

  @Override
  public WebhookRequest hardBounceOf(String recipient) {
    return authentic(BOUNCE.replace("jane@example.com", recipient));
  }

  @Override
  public WebhookRequest authentic(String content) {
    return request(AMAZON.sign(notification(content)));
  }

  @Override
  public Optional<WebhookRequest> batchWithOneBadEntry() {
    return Optional.empty();
  }

  @Override
  public Map<Part, WebhookRequest> forgeries() {
    String body = new String(hardBounce().body(), StandardCharsets.UTF_8);
    return Map.of(
        Part.BODY, request(body.replace("jane@", "june@")),
        Part.TIMESTAMP,
            request(body.replace(SnsSigner.timestamp(now), SnsSigner.timestamp(now.plusMillis(1)))),
        Part.SIGNATURE, request(body.replaceFirst("(\"Signature\":\")(.)", "$1A$2")),
        Part.KEY, request(ANOTHER.sign(notification(BOUNCE))));
  }

  /** SNS signs the topic, not where it sends to; its message id is no token. */
  @Override
  public Set<Part> notCovered() {
    return Set.of(Part.URL, Part.TOKEN);
  }

  @Override
  public byte[] covered(WebhookRequest request) {
    return SnsEnvelope.parse(request.body())
        .map(envelope -> envelope.stringToSign().getBytes(StandardCharsets.UTF_8))
        .orElse(null);
  }

  @Override
  public List<URI> outboundCalls() {
    return outbound.calls;
  }

  @Override
  public boolean mayCall(URI uri) {
    return uri.getScheme().equals("https") && uri.getHost().equals(HOST);
  }

  @Test
  void bothSignatureVersionsAreTaken() {
    Map<String, String> first = notification(BOUNCE);
    first.put("SignatureVersion", "1");
    first.put("Subject", "a subject");

    assertThat(receive(AMAZON.sign(first))).isInstanceOf(Receipt.Authentic.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "3", "2 ", "two"})
  void anotherSignatureVersionIsRefused(String version) {
    Map<String, String> fields = notification(BOUNCE);
    fields.put("SignatureVersion", version);

    assertRefused(receive(AMAZON.sign(fields)), 401, "forged");
  }

  /** Found by mutation: Amazon's library verifies the milliseconds that it reads from the text. */
  @ParameterizedTest
  @ValueSource(strings = {"$1000Z", "$1999Z", "$1+00:00"})
  void aTimestampIsTakenAsItIsSignedOnly(String written) {
    String body = new String(hardBounce().body(), StandardCharsets.UTF_8);
    String other = body.replaceFirst("(\"Timestamp\":\"[^\"]*)Z", written);

    assertThat(other).isNotEqualTo(body);
    assertRefused(receive(other.getBytes(StandardCharsets.UTF_8)), 401, "forged");
  }

  @Test
  void aTopicThatIsNotListedIsRefusedWithoutACall() {
    Map<String, String> fields = notification(BOUNCE);
    fields.put("TopicArn", "arn:aws:sns:eu-west-1:123456789012:other");

    assertRefused(receive(AMAZON.sign(fields)), 403, "topic_not_allowed");
    assertThat(outbound.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/SimpleNotificationService-0123456789abcdef.pem",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-01.pem",
        "https://user@sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem?x=1",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem#x",
        "https://sns.eu-west-1.amazonaws.com/other/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com/?Action=GetTopicAttributes",
        "file:///etc/ssl/cert.pem",
        "/SimpleNotificationService-01.pem"
      })
  void aCertificateElsewhereIsRefusedWithoutACall(String url) {
    Map<String, String> fields = notification(BOUNCE);
    fields.put("SigningCertURL", url);

    assertRefused(receive(AMAZON.sign(fields)), 401, "forged");
    assertThat(outbound.calls).isEmpty();
  }

  @Test
  void aCertificateForAnotherHostIsRefused() {
    SnsSigner other = SnsSigner.validNow("www.example.com");
    outbound.answers.put(CERTIFICATE, new Outbound.Response(200, other.certificate()));

    assertRefused(receive(other.sign(notification(BOUNCE))), 401, "forged");
  }

  @Test
  void anExpiredCertificateIsRefused() {
    SnsSigner old =
        new SnsSigner(NAME, now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)));
    outbound.answers.put(CERTIFICATE, new Outbound.Response(200, old.certificate()));

    assertRefused(receive(old.sign(notification(BOUNCE))), 401, "forged");
  }

  @Test
  void aCertificateThatIsNotThereIsRefused() {
    outbound.answers.clear();

    assertRefused(receive(AMAZON.sign(notification(BOUNCE))), 401, "forged");
  }

  @Test
  void whatCannotBeCheckedNowIsToBeRepeated() {
    outbound.unreachable = true;
    assertThat(receive(AMAZON.sign(notification(BOUNCE)))).isInstanceOf(Unavailable.class);

    outbound.unreachable = false;
    outbound.answers.put(CERTIFICATE, new Outbound.Response(503, new byte[0]));
    assertThat(receive(AMAZON.sign(notification(BOUNCE)))).isInstanceOf(Unavailable.class);

    outbound.answers.put(CERTIFICATE, new Outbound.Response(200, AMAZON.certificate()));
    assertThat(receive(AMAZON.sign(notification(BOUNCE)))).isInstanceOf(Receipt.Authentic.class);
  }

  @Test
  void aCertificateIsFetchedOnce() {
    for (int i = 0; i < 10; i++) {
      receive(AMAZON.sign(notification(BOUNCE)));
    }

    assertThat(outbound.calls).containsExactly(CERTIFICATE);
  }

  @Test
  void aFieldThatComesTwiceIsRefused() {
    String body = new String(AMAZON.sign(notification(BOUNCE)), StandardCharsets.UTF_8);
    String twice = body.replaceFirst("\\{", "{\"Message\":\"x\",");

    assertRefused(receive(twice.getBytes(StandardCharsets.UTF_8)), 400, "malformed");
  }

  @Test
  void rawDeliveryIsRefused() {
    Receipt receipt =
        webhook.receive(
            new WebhookRequest(
                Map.of("x-amz-sns-rawdelivery", "true"), BOUNCE.getBytes(StandardCharsets.UTF_8)),
            now);

    assertRefused(receipt, 403, "raw_delivery");
  }

  @Test
  void aSubscriptionToAListedTopicIsConfirmed() {
    Receipt receipt = receive(AMAZON.sign(confirmation(SUBSCRIBE.toString())));

    assertThat(receipt).isEqualTo(new Done("subscription_confirmed"));
    assertThat(outbound.calls).containsExactly(CERTIFICATE, SUBSCRIBE);
  }

  @Test
  void aSubscriptionToAnotherTopicIsNotConfirmed() {
    Map<String, String> fields = confirmation(SUBSCRIBE.toString());
    fields.put("TopicArn", "arn:aws:sns:eu-west-1:999999999999:mail");

    assertRefused(receive(AMAZON.sign(fields)), 403, "topic_not_allowed");
    assertThat(outbound.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/?Action=ConfirmSubscription",
        "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
        "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
        "https://user@sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
        "http://127.0.0.1:8080/",
        "not a url"
      })
  void aConfirmationElsewhereIsNeverCalled(String url) {
    assertRefused(receive(AMAZON.sign(confirmation(url))), 401, "forged");
    assertThat(outbound.calls).isSubsetOf(CERTIFICATE);
  }

  @Test
  void aConfirmationThatFailsIsToBeRepeated() {
    outbound.answers.put(SUBSCRIBE, new Outbound.Response(500, new byte[0]));

    assertThat(receive(AMAZON.sign(confirmation(SUBSCRIBE.toString()))))
        .isInstanceOf(Unavailable.class);
  }

  @Test
  void theEndOfASubscriptionIsAcknowledgedAndNotTurnedBack() {
    Map<String, String> fields = confirmation(SUBSCRIBE.toString());
    fields.put("Type", "UnsubscribeConfirmation");

    assertThat(receive(AMAZON.sign(fields))).isEqualTo(new Done("unsubscribed"));
    assertThat(outbound.calls).containsExactly(CERTIFICATE);
  }

  @Test
  void theOneNotificationThatIsNotJsonIsAcknowledged() {
    Map<String, String> fields =
        notification("Successfully validated SNS topic for Amazon SES event publishing.");

    assertThat(receive(AMAZON.sign(fields))).isEqualTo(new Done("topic_validated"));
  }

  private Receipt receive(byte[] body) {
    return webhook.receive(request(body), now);
  }

  private Map<String, String> notification(String message) {
    return SnsSigner.notification(TOPIC, CERTIFICATE, message, now);
  }

  private Map<String, String> confirmation(String url) {
    Map<String, String> fields = new LinkedHashMap<>(notification("You have chosen to subscribe."));
    fields.put("Type", "SubscriptionConfirmation");
    fields.put("Token", "abc");
    fields.put("SubscribeURL", url);
    return fields;
  }

  private static WebhookRequest request(String body) {
    return request(body.getBytes(StandardCharsets.UTF_8));
  }

  private static WebhookRequest request(byte[] body) {
    return new WebhookRequest(Map.of("content-type", "text/plain; charset=UTF-8"), body);
  }

  private static void assertRefused(Receipt receipt, int status, String outcome) {
    assertThat(receipt).isInstanceOf(Refused.class);
    assertThat(((Refused) receipt).outcome()).isEqualTo(outcome);
    assertThat(((Refused) receipt).status()).isEqualTo(status);
  }
}

package io.mailstream.webhook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import io.mailstream.webhook.provider.mailgun.MailgunSettings;
import io.mailstream.webhook.provider.mailgun.MailgunSigner;
import io.mailstream.webhook.provider.mailgun.MailgunWebhook;
import io.mailstream.webhook.provider.mandrill.MandrillSettings;
import io.mailstream.webhook.provider.mandrill.MandrillSigner;
import io.mailstream.webhook.provider.mandrill.MandrillWebhook;
import io.mailstream.webhook.provider.postmark.PostmarkSettings;
import io.mailstream.webhook.provider.postmark.PostmarkWebhook;
import io.mailstream.webhook.provider.sendgrid.SendGridSettings;
import io.mailstream.webhook.provider.sendgrid.SendGridSigner;
import io.mailstream.webhook.provider.sendgrid.SendGridWebhook;
import io.mailstream.webhook.provider.ses.Outbound;
import io.mailstream.webhook.provider.ses.SesSettings;
import io.mailstream.webhook.provider.ses.SesWebhook;
import io.mailstream.webhook.provider.ses.SnsSigner;
import io.mailstream.webhook.provider.ses.TopicArn;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Callbacks of every ESP out of anything: with no signature of ours none is taken, and what is
 * signed is read, kept or refused, and never a fault. See docs/testing.md.
 */
class CallbackFuzzTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String ARN = "arn:aws:sns:eu-west-1:123456789012:mail";
  private static final URI CERTIFICATE = URI.create("http://127.0.0.1:8099/sns.pem");
  private static final String URL = "https://hooks.example.com/webhooks/mandrill";
  private static final String TOKEN = "1483353025fd6e45b682f14b18d943c52cea11161c1721ee85";
  private static final Duration WINDOW = Duration.ofHours(12);
  private static final SnsSigner SNS = SnsSigner.validNow("127.0.0.1");
  private static final SendGridSigner SENDGRID_SIGNER = new SendGridSigner();
  private static final MailgunSigner MAILGUN_SIGNER = new MailgunSigner("key");
  private static final MandrillSigner MANDRILL_SIGNER = new MandrillSigner(URL, "key");
  private static final String SECRET_HEADER = "x-mailstream-secret";

  private static final WebhookProvider SES =
      new SesWebhook(
          new SesSettings(
              List.of(TopicArn.find(ARN).orElseThrow()), WINDOW, Optional.of(CERTIFICATE)),
          CallbackFuzzTest::certificate,
          () -> NOW);
  private static final WebhookProvider SENDGRID = new SendGridWebhook(sendGrid());
  private static final WebhookProvider MAILGUN =
      new MailgunWebhook(new MailgunSettings(List.of("key"), WINDOW));
  private static final WebhookProvider POSTMARK =
      new PostmarkWebhook(new PostmarkSettings(List.of(), SECRET_HEADER, List.of("secret")));
  private static final WebhookProvider MANDRILL =
      new MandrillWebhook(new MandrillSettings(URL, List.of("key")));

  private static Outbound.Response certificate(URI uri) {
    assertThat(uri).as("the only place that may be asked").isEqualTo(CERTIFICATE);
    return new Outbound.Response(200, SNS.certificate());
  }

  private static SendGridSettings sendGrid() {
    try {
      return new SendGridSettings(
          List.of(SendGridSettings.key(SENDGRID_SIGNER.publicKey())), WINDOW);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void nothingUnsignedIsTaken(FuzzedDataProvider data) {
    Map<String, String> headers = new HashMap<>();
    for (String name :
        List.of(
            "x-amz-sns-message-type",
            "x-twilio-email-event-webhook-signature",
            "x-twilio-email-event-webhook-timestamp",
            "x-mandrill-signature",
            "authorization",
            SECRET_HEADER)) {
      if (data.consumeBoolean()) {
        headers.put(name, data.consumeString(200));
      }
    }
    WebhookRequest request = new WebhookRequest(headers, data.consumeRemainingAsBytes());
    for (WebhookProvider provider : List.of(SES, SENDGRID, MAILGUN, POSTMARK, MANDRILL)) {
      Receipt receipt = provider.receive(request, NOW);

      assertThat(receipt).as(provider.name()).isNotInstanceOf(Receipt.Authentic.class);
      assertThat(receipt).as(provider.name()).isNotInstanceOf(Receipt.Done.class);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void whatSesSaysIsRead(byte[] content) {
    Map<String, String> fields =
        SnsSigner.notification(ARN, CERTIFICATE, new String(content, StandardCharsets.UTF_8), NOW);
    check(
        SES.receive(
            new WebhookRequest(Map.of("x-amz-sns-message-type", "Notification"), SNS.sign(fields)),
            NOW));
  }

  @FuzzTest(maxDuration = "10m")
  void whatSendGridSaysIsRead(byte[] content) {
    check(
        SENDGRID.receive(
            SENDGRID_SIGNER.sign(new String(content, StandardCharsets.UTF_8), NOW), NOW));
  }

  @FuzzTest(maxDuration = "10m")
  void whatMailgunSaysIsRead(byte[] content) {
    check(
        MAILGUN.receive(
            MAILGUN_SIGNER.sign(new String(content, StandardCharsets.UTF_8), TOKEN, NOW), NOW));
  }

  @FuzzTest(maxDuration = "10m")
  void whatPostmarkSaysIsRead(byte[] content) {
    check(POSTMARK.receive(new WebhookRequest(Map.of(SECRET_HEADER, "secret"), content), NOW));
  }

  @FuzzTest(maxDuration = "10m")
  void whatMandrillSaysIsRead(byte[] content) {
    check(MANDRILL.receive(MANDRILL_SIGNER.sign(new String(content, StandardCharsets.UTF_8)), NOW));
  }

  /** What would be written can be: bounded, keyed, and dead letters with a reason. */
  private static void check(Receipt receipt) {
    if (receipt instanceof Receipt.Authentic authentic) {
      for (FeedbackEvent event : authentic.events()) {
        assertThat(RecipientKey.find(event.getRecipient())).isPresent();
        assertThat(event.getEventId()).isNotBlank();
        assertThat(event.toString().length()).isLessThan(300_000);
      }
      assertThat(authentic.unknown()).allMatch(letter -> !letter.reason().isBlank());
      assertThat(authentic.events().size() + authentic.unknown().size()).isPositive();
    }
  }
}

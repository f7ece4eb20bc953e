package io.mailstream.benchmarks;

import io.mailstream.embedded.http.RawHttpServer;
import io.mailstream.embedded.ses.SnsIdentity;
import io.mailstream.webhook.provider.WebhookRequest;
import io.mailstream.webhook.provider.ses.HttpOutbound;
import io.mailstream.webhook.provider.ses.PinnedSnsVerifier;
import io.mailstream.webhook.provider.ses.SnsEnvelope;
import io.mailstream.webhook.provider.ses.SnsVerifier;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * SES through SNS: RSA of 2048 bits with SHA-256. By a certificate of our own, since Amazon's key
 * is Amazon's; it lies on loopback, and is fetched once.
 */
final class SnsScheme implements CallbackScheme, AutoCloseable {

  private static final String ARN = "arn:aws:sns:eu-west-1:123456789012:mail";

  private final SnsIdentity identity = SnsIdentity.open(Optional.empty());
  private final HttpOutbound outbound = new HttpOutbound();
  private final RawHttpServer certificates;
  private final URI certificate;
  private final SnsVerifier verifier;

  SnsScheme() {
    byte[] pem = identity.certificatePem().getBytes(StandardCharsets.US_ASCII);
    certificates =
        RawHttpServer.start(
            "certificates",
            0,
            1024,
            exchange ->
                exchange.answer(200, Map.of("Content-Type", "application/x-pem-file"), pem));
    certificate =
        URI.create(
            "http://127.0.0.1:%d%s".formatted(certificates.port(), identity.certificatePath()));
    verifier = new PinnedSnsVerifier(certificate, outbound, InstantSource.system());
  }

  @Override
  public String name() {
    return "SES by SNS";
  }

  @Override
  public String path() {
    return "/webhooks/ses";
  }

  @Override
  public int events() {
    return 1;
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("ses.sns.topic.arns", ARN, "ses.sns.test.certificate", certificate.toString());
  }

  @Override
  public WebhookRequest sign(String id) {
    Instant now = Instant.now();
    String event =
        """
        {"eventType":"Delivery","mail":{"timestamp":"%2$s","source":"shop@sender.example",\
        "messageId":"%1$s","destination":["%1$s@example.com"],"headersTruncated":false,\
        "commonHeaders":{"from":["shop@sender.example"],"to":["%1$s@example.com"],\
        "subject":"Order"},"tags":{"ms_tenant":["bench"],"ms_stream":["mail"]}},\
        "delivery":{"timestamp":"%2$s","processingTimeMillis":546,\
        "recipients":["%1$s@example.com"],"smtpResponse":"250 2.6.0 Message received",\
        "reportingMTA":"mta.example.com"}}\
        """
            .formatted(id, now);
    String body = identity.notification(ARN, event, certificate.toString(), now);
    return new WebhookRequest(
        Map.of("x-amz-sns-message-type", "Notification"), body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean verify(WebhookRequest callback) {
    try {
      verifier.verify(SnsEnvelope.parse(callback.body()).orElseThrow(), callback.body());
      return true;
    } catch (SnsVerifier.Forged e) {
      return false;
    } catch (IOException e) {
      throw new IllegalStateException("the certificate cannot be fetched", e);
    }
  }

  @Override
  public void close() {
    certificates.close();
    outbound.close();
  }
}

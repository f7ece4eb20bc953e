package io.mailstream.webhook.provider.ses;

import io.mailstream.webhook.provider.Receipt;
import io.mailstream.webhook.provider.Receipt.Done;
import io.mailstream.webhook.provider.Receipt.Refused;
import io.mailstream.webhook.provider.Receipt.Unavailable;
import io.mailstream.webhook.provider.WebhookProvider;
import io.mailstream.webhook.provider.WebhookRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Amazon SES through SNS. A message of a topic that is not listed is refused before anything else
 * of it is looked at; what is signed and listed but old is refused as a replay.
 *
 * <p>A repeated message does no harm and is taken: its events have the ids that they had.
 */
public final class SesWebhook implements WebhookProvider {

  private static final Logger log = LoggerFactory.getLogger(SesWebhook.class);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(15);
  private static final String RAW_DELIVERY = "x-amz-sns-rawdelivery";

  private final SesSettings settings;
  private final Outbound outbound;
  private final SnsVerifier amazon;
  private final Optional<SnsVerifier> simulator;

  /**
   * The provider.
   *
   * @param outbound how certificates are fetched and subscriptions confirmed
   * @param clock what decides whether a certificate is valid
   */
  public SesWebhook(SesSettings settings, Outbound outbound, InstantSource clock) {
    this.settings = settings;
    this.outbound = outbound;
    this.amazon = new AwsSnsVerifier(outbound, clock);
    this.simulator =
        settings.testCertificate().map(url -> new PinnedSnsVerifier(url, outbound, clock));
  }

  @Override
  public String name() {
    return SesEvents.PROVIDER;
  }

  @Override
  public Receipt receive(WebhookRequest request, Instant now) {
    if (request.header(RAW_DELIVERY).filter("true"::equalsIgnoreCase).isPresent()) {
      return new Refused(
          "raw_delivery",
          403,
          "a message in raw delivery has no signature: turn raw message delivery off for this"
              + " subscription");
    }
    Optional<SnsEnvelope> envelope = SnsEnvelope.parse(request.body());
    if (envelope.isEmpty()) {
      return new Refused(
          "malformed", 400, "the body is not an SNS message: SNS sends one JSON object");
    }
    Optional<TopicArn> topic = settings.topic(envelope.get().topicArn());
    if (topic.isEmpty()) {
      return new Refused(
          "topic_not_allowed",
          403,
          "the SNS topic is not listened to: add its ARN to ses.sns.topic.arns");
    }
    try {
      verifierFor(envelope.get()).verify(envelope.get(), request.body());
    } catch (SnsVerifier.Forged e) {
      log.warn(
          "refused a message that claims to be from {}: {}", topic.get().text(), e.getMessage());
      return new Refused("forged", 401, "the signature is not valid");
    } catch (IOException e) {
      log.warn(
          "cannot fetch the certificate of a message from {}: {}",
          topic.get().text(),
          e.toString());
      return new Unavailable("no_certificate", "the signature cannot be checked now");
    }
    return isInWindow(envelope.get(), now)
        ? take(envelope.get(), topic.get(), now)
        : new Refused("replayed", 403, "the message is too old: see ses.sns.replay.window.ms");
  }

  private SnsVerifier verifierFor(SnsEnvelope envelope) {
    return simulator.isPresent() && isTestCertificate(envelope.signingCertUrl())
        ? simulator.get()
        : amazon;
  }

  private boolean isTestCertificate(URI url) {
    return settings.testCertificate().filter(url::equals).isPresent();
  }

  private boolean isInWindow(SnsEnvelope envelope, Instant now) {
    return envelope
        .publishedAt()
        .filter(at -> at.isAfter(now.minus(settings.replayWindow())))
        .filter(at -> at.isBefore(now.plus(CLOCK_SKEW)))
        .isPresent();
  }

  private Receipt take(SnsEnvelope envelope, TopicArn topic, Instant now) {
    return switch (envelope.type()) {
      case NOTIFICATION -> SesEvents.read(envelope, now);
      case SUBSCRIPTION_CONFIRMATION -> confirm(envelope, topic);
      case UNSUBSCRIBE_CONFIRMATION -> {
        log.warn(
            "the subscription to {} was removed: subscribe again, or no feedback comes from it",
            topic.text());
        yield new Done("unsubscribed");
      }
    };
  }

  private Receipt confirm(SnsEnvelope envelope, TopicArn topic) {
    Optional<URI> url = confirmationUrl(envelope, topic);
    if (url.isEmpty()) {
      return new Refused("forged", 401, "the SubscribeURL is not at the topic's SNS host");
    }
    try {
      Outbound.Response response = outbound.get(url.get());
      if (response.isSuccess()) {
        log.info("confirmed the subscription to {}", topic.text());
        return new Done("subscription_confirmed");
      }
      log.warn(
          "cannot confirm the subscription to {}: SNS answered with status {}",
          topic.text(),
          response.status());
    } catch (IOException e) {
      log.warn("cannot confirm the subscription to {}: {}", topic.text(), e.toString());
    }
    return new Unavailable("not_confirmed", "the subscription cannot be confirmed now");
  }

  /** The URL to confirm by; empty: it is somewhere that is never called. */
  private Optional<URI> confirmationUrl(SnsEnvelope envelope, TopicArn topic) {
    try {
      URI url = new URI(envelope.subscribeUrl());
      URI signer = envelope.signingCertUrl();
      // A simulator confirms where its certificate is; what Amazon signed, at Amazon.
      boolean isKnown =
          isTestCertificate(signer)
              ? signer.getScheme().equals(url.getScheme())
                  && signer.getRawAuthority().equals(url.getRawAuthority())
              : "https".equals(url.getScheme()) && topic.snsHost().equals(url.getRawAuthority());
      return isKnown ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}

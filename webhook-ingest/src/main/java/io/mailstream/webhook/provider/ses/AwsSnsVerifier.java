package io.mailstream.webhook.provider.ses;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.messagemanager.sns.SnsMessageManager;
import software.amazon.awssdk.messagemanager.sns.model.SnsMessage;
import software.amazon.awssdk.regions.Region;

/**
 * Amazon's own verification, with this service's rules around it: a certificate is fetched from
 * SNS's host in the topic's region and from nowhere else, by a path of the known form.
 *
 * <p>The library remembers a certificate's key without an end, so its managers are replaced every
 * day.
 */
final class AwsSnsVerifier implements SnsVerifier {

  private static final Pattern CERTIFICATE_PATH =
      Pattern.compile("/SimpleNotificationService-[A-Za-z0-9]{1,128}\\.pem");
  private static final Set<String> SIGNATURE_VERSIONS = Set.of("1", "2");
  private static final Pattern TIMESTAMP =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
  private static final Duration KEEP_KEYS = Duration.ofDays(1);

  private final Outbound outbound;
  private final InstantSource clock;
  private final Map<String, Manager> managers = new ConcurrentHashMap<>();

  AwsSnsVerifier(Outbound outbound, InstantSource clock) {
    this.outbound = outbound;
    this.clock = clock;
  }

  @Override
  public void verify(SnsEnvelope envelope, byte[] body) throws Forged, IOException {
    TopicArn topic =
        TopicArn.find(envelope.topicArn()).orElseThrow(() -> new Forged("the topic is none"));
    if (!isCertificateOf(topic, envelope.signingCertUrl())) {
      throw new Forged("the certificate is not at SNS's host in the topic's region");
    }
    // Amazon's library throws what is no refusal at any other.
    if (!SIGNATURE_VERSIONS.contains(envelope.signatureVersion())) {
      throw new Forged("the signature is of no version that there is");
    }
    // It writes the time anew before it verifies, so that more digits would pass unsigned.
    if (!TIMESTAMP.matcher(envelope.timestamp()).matches()) {
      throw new Forged("the timestamp is not in milliseconds, as SNS writes it");
    }
    SnsMessage verified;
    try {
      verified = manager(topic.region()).parseMessage(new ByteArrayInputStream(body));
    } catch (SdkException e) {
      throw transientCause(e, "Amazon's library refuses the signature");
    }
    // Both readers of the JSON must have seen the same message.
    if (!verified.messageId().equals(envelope.messageId())
        || !verified.topicArn().equals(envelope.topicArn())
        || !verified.message().equals(envelope.message())) {
      throw new Forged("the message can be read in two ways");
    }
  }

  private static boolean isCertificateOf(TopicArn topic, URI url) {
    return "https".equals(url.getScheme())
        && topic.snsHost().equals(url.getRawAuthority())
        && CERTIFICATE_PATH.matcher(String.valueOf(url.getRawPath())).matches()
        && url.getRawQuery() == null
        && url.getRawFragment() == null;
  }

  private static Forged transientCause(SdkException e, String why) throws IOException {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutboundSdkClient.Unreachable unreachable) {
        throw unreachable;
      }
    }
    return new Forged(why, e);
  }

  private SnsMessageManager manager(String region) {
    Instant now = clock.instant();
    return managers.compute(
            region,
            (name, known) ->
                known != null && now.isBefore(known.createdAt.plus(KEEP_KEYS))
                    ? known
                    : new Manager(
                        SnsMessageManager.builder()
                            .region(Region.of(name))
                            .httpClient(new OutboundSdkClient(outbound))
                            .build(),
                        now))
        .messages;
  }

  private record Manager(SnsMessageManager messages, Instant createdAt) {}
}

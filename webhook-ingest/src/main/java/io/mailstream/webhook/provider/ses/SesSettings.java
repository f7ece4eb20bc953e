package io.mailstream.webhook.provider.ses;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How SES's callbacks are judged.
 *
 * @param topics the SNS topics that are listened to; what comes from another is refused
 * @param replayWindow how old a message may be; SNS repeats a message for hours under its first
 *     timestamp
 * @param testCertificate the URL of a certificate that is trusted beside Amazon's, on loopback, for
 *     a simulator; empty: none
 */
public record SesSettings(
    List<TopicArn> topics, Duration replayWindow, Optional<URI> testCertificate) {

  /** Copies the list. */
  public SesSettings {
    topics = List.copyOf(topics);
  }

  Optional<TopicArn> topic(String arn) {
    return topics.stream().filter(topic -> topic.text().equals(arn)).findFirst();
  }
}

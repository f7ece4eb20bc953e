package io.mailstream.embedded.ses;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How the simulator's SNS topic posts to its one subscriber.
 *
 * @param endpoint where it posts
 * @param topicArn the topic
 * @param signatureVersion 1 (SHA-1) or 2 (SHA-256)
 * @param certificateBase what SigningCertURL starts with; empty: the simulator's own URL
 * @param subscribeBase what SubscribeURL starts with; empty: the simulator's own URL
 * @param retries the waits before each repeat of a post that failed
 * @param parallel how many posts may be open at once
 * @param maxPending how many messages may wait; further ones are dropped, and counted
 */
public record SnsOptions(
    URI endpoint,
    String topicArn,
    String signatureVersion,
    Optional<String> certificateBase,
    Optional<String> subscribeBase,
    List<Duration> retries,
    int parallel,
    int maxPending) {

  /** The topic that is used unless told otherwise. */
  public static final String DEFAULT_TOPIC_ARN =
      "arn:aws:sns:us-east-1:123456789012:mailstream-ses-events";

  /** The waits of SNS for HTTP endpoints, ten times as fast: 50 repeats within about 80 seconds. */
  public static final List<Duration> DEFAULT_RETRIES = tenTimesAsFast();

  public SnsOptions {
    retries = List.copyOf(retries);
    if (!signatureVersion.equals("1") && !signatureVersion.equals("2")) {
      throw new IllegalArgumentException(
          "signatureVersion = %s: allowed is 1 or 2".formatted(signatureVersion));
    }
    if (parallel < 1 || maxPending < 1) {
      throw new IllegalArgumentException("parallel and maxPending are at least 1");
    }
  }

  /** Signature version 2 and the default topic. */
  public static SnsOptions to(URI endpoint) {
    return new SnsOptions(
        endpoint,
        DEFAULT_TOPIC_ARN,
        "2",
        Optional.empty(),
        Optional.empty(),
        DEFAULT_RETRIES,
        8,
        100_000);
  }

  /** With another topic. */
  public SnsOptions topicArn(String arn) {
    return new SnsOptions(
        endpoint,
        arn,
        signatureVersion,
        certificateBase,
        subscribeBase,
        retries,
        parallel,
        maxPending);
  }

  /** With a signature version. */
  public SnsOptions signatureVersion(String version) {
    return new SnsOptions(
        endpoint, topicArn, version, certificateBase, subscribeBase, retries, parallel, maxPending);
  }

  /** With URLs of the certificate and of the subscription at another host, as SNS has its own. */
  public SnsOptions bases(String certificate, String subscribe) {
    return new SnsOptions(
        endpoint,
        topicArn,
        signatureVersion,
        Optional.of(certificate),
        Optional.of(subscribe),
        retries,
        parallel,
        maxPending);
  }

  /** With other waits between repeats. */
  public SnsOptions retries(List<Duration> waits) {
    return new SnsOptions(
        endpoint,
        topicArn,
        signatureVersion,
        certificateBase,
        subscribeBase,
        waits,
        parallel,
        maxPending);
  }

  private static List<Duration> tenTimesAsFast() {
    List<Duration> waits = new ArrayList<>(Collections.nCopies(3, Duration.ZERO));
    waits.addAll(Collections.nCopies(2, Duration.ofMillis(100)));
    for (int i = 1; i <= 10; i++) {
      waits.add(Duration.ofMillis(Math.min(2_000, 100L << (i / 2))));
    }
    waits.addAll(Collections.nCopies(35, Duration.ofSeconds(2)));
    return List.copyOf(waits);
  }
}

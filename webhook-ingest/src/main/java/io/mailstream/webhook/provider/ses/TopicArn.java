package io.mailstream.webhook.provider.ses;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * The name of an SNS topic.
 *
 * @param text the ARN
 * @param region the AWS region it is in
 */
public record TopicArn(String text, String region) {

  private static final Pattern FORM =
      Pattern.compile("arn:aws[a-z-]*:sns:([a-z]{2}[a-z0-9-]{3,30}):\\d{12}:[A-Za-z0-9_-]{1,256}");

  /** Reads an ARN; empty: it is none of a standard SNS topic. */
  public static Optional<TopicArn> find(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches() ? Optional.of(new TopicArn(text, matcher.group(1))) : Optional.empty();
  }

  /** The host of SNS in its region: the only one that certificates and confirmations come from. */
  String snsHost() {
    return "sns.%s.%s".formatted(region, PartitionMetadata.of(Region.of(region)).dnsSuffix());
  }
}

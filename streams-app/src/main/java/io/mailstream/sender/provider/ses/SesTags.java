package io.mailstream.sender.provider.ses;

import io.mailstream.sender.provider.common.CallTags;
import io.mailstream.v1.Delivery;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The email tags of a delivery, which come back in SES's events. SES takes at most 50 a message,
 * with names and values of 1 to 256 letters, digits, underscores and hyphens.
 */
final class SesTags {

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_-]{1,256}");

  private static final CallTags TAGS = new CallTags(LEGAL, LEGAL, 50, Integer.MAX_VALUE, "");

  private SesTags() {}

  static Map<String, String> of(Delivery delivery) {
    return TAGS.of(delivery);
  }
}

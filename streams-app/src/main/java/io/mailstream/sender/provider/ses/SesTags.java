package io.mailstream.sender.provider.ses;

import io.mailstream.schemas.DeliveryTags;
import io.mailstream.v1.Delivery;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The email tags of a delivery, which come back in SES's events. SES takes names and values of 1 to
 * 256 letters, digits, underscores and hyphens: what cannot be carried unchanged is left out, since
 * a changed id would be a wrong one. The delivery id always can, and all else follows from it.
 */
final class SesTags {

  /** SES takes at most 50 tags a message. */
  private static final int MAX_TAGS = 50;

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_-]{1,256}");

  private SesTags() {}

  static Map<String, String> of(Delivery delivery) {
    Map<String, String> tags = new LinkedHashMap<>();
    put(tags, DeliveryTags.DELIVERY_ID, delivery.getDeliveryId());
    put(tags, DeliveryTags.REQUEST_ID, delivery.getRequestId());
    put(tags, DeliveryTags.TENANT, delivery.getTenant());
    put(tags, DeliveryTags.STREAM, delivery.getStream());
    // A request's tag cannot pose as one of ours, not even as one that was left out.
    delivery.getTags().entrySet().stream()
        .filter(tag -> !tag.getKey().startsWith(DeliveryTags.PREFIX))
        .sorted(Map.Entry.comparingByKey())
        .forEach(tag -> put(tags, tag.getKey(), tag.getValue()));
    return tags;
  }

  private static void put(Map<String, String> tags, String name, String value) {
    if (tags.size() < MAX_TAGS && LEGAL.matcher(name).matches() && LEGAL.matcher(value).matches()) {
      tags.put(name, value);
    }
  }
}

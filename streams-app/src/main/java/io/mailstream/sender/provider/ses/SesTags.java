package io.mailstream.sender.provider.ses;

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

  private static final String OURS = "ms_";

  static final String DELIVERY_ID = "ms_delivery_id";
  static final String REQUEST_ID = "ms_request_id";
  static final String TENANT = "ms_tenant";
  static final String STREAM = "ms_stream";

  /** SES takes at most 50 tags a message. */
  private static final int MAX_TAGS = 50;

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_-]{1,256}");

  private SesTags() {}

  static Map<String, String> of(Delivery delivery) {
    Map<String, String> tags = new LinkedHashMap<>();
    put(tags, DELIVERY_ID, delivery.getDeliveryId());
    put(tags, REQUEST_ID, delivery.getRequestId());
    put(tags, TENANT, delivery.getTenant());
    put(tags, STREAM, delivery.getStream());
    // A request's tag cannot pose as one of ours, not even as one that was left out.
    delivery.getTags().entrySet().stream()
        .filter(tag -> !tag.getKey().startsWith(OURS))
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

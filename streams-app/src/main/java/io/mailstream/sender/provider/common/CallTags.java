package io.mailstream.sender.provider.common;

import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.schemas.DeliveryTags;
import io.mailstream.v1.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What an ESP carries with a message and gives back in its callbacks. What it cannot carry
 * unchanged is left out, since a changed id would be a wrong one. The delivery id always can be
 * carried, and all else follows from it.
 *
 * @param names the names that the ESP takes
 * @param values the values that it takes
 * @param most how many
 * @param maxBytes how many bytes of names and values in all
 * @param requestPrefix what the names of a request's own tags get in front
 */
public record CallTags(
    Pattern names, Pattern values, int most, int maxBytes, String requestPrefix) {

  /** The tags of a delivery: ours first, then the request's by name, then the trace. */
  public Map<String, String> of(Delivery delivery) {
    Carried carried = new Carried();
    carried.put(DeliveryTags.DELIVERY_ID, delivery.getDeliveryId());
    carried.put(DeliveryTags.REQUEST_ID, delivery.getRequestId());
    carried.put(DeliveryTags.TENANT, delivery.getTenant());
    carried.put(DeliveryTags.STREAM, delivery.getStream());
    // A request's tag cannot pose as one of ours, not even as one that was left out.
    delivery.getTags().entrySet().stream()
        .filter(tag -> !tag.getKey().startsWith(DeliveryTags.PREFIX))
        .sorted(Map.Entry.comparingByKey())
        .forEach(tag -> carried.put(requestPrefix + tag.getKey(), tag.getValue()));
    // Last: where it is full, a trace is what can be done without.
    String traceparent = TraceContext.current();
    if (traceparent != null) {
      carried.put(DeliveryTags.TRACEPARENT, traceparent);
    }
    return carried.tags;
  }

  private final class Carried {

    private final Map<String, String> tags = new LinkedHashMap<>();
    private int bytes;

    void put(String name, String value) {
      int more = length(name) + length(value);
      if (tags.size() < most
          && bytes + more <= maxBytes
          && names.matcher(name).matches()
          && values.matcher(value).matches()) {
        tags.put(name, value);
        bytes += more;
      }
    }

    private static int length(String text) {
      return text.getBytes(StandardCharsets.UTF_8).length;
    }
  }
}

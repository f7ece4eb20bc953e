package io.mailstream.cli;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The results that are still to come: one for each recipient of each request record. Known by the
 * record's place, not by the request's id, which an earlier run may have used too.
 */
final class PendingResults {

  private final Map<Origin, Map<String, String>> recipients = new HashMap<>();
  private final Map<Origin, String> requestIds = new HashMap<>();

  private record Origin(String topic, int partition, long offset) {}

  /** Expects the results of a request that Kafka has. */
  synchronized void expect(SendRequest request, String topic, int partition, long offset) {
    Map<String, String> addresses = new LinkedHashMap<>();
    Stream.of(request.getTo(), request.getCc(), request.getBcc())
        .flatMap(List::stream)
        .map(Recipient::getAddress)
        .forEach(address -> addresses.put(keyOf(address), address));
    Origin origin = new Origin(topic, partition, offset);
    recipients.put(origin, addresses);
    requestIds.put(origin, request.getRequestId());
  }

  /** Takes a result, and says whether it was one of those. */
  synchronized boolean settle(SendResult result) {
    Origin origin =
        new Origin(
            result.getOrigin().getTopic(),
            result.getOrigin().getPartition(),
            result.getOrigin().getOffset());
    Map<String, String> open = recipients.get(origin);
    if (open == null) {
      return false;
    }
    boolean expected;
    if (result.getRecipient() == null) {
      // The request was refused as a whole.
      open.clear();
      expected = true;
    } else {
      expected = open.remove(keyOf(result.getRecipient())) != null;
    }
    if (open.isEmpty()) {
      recipients.remove(origin);
      requestIds.remove(origin);
    }
    return expected;
  }

  synchronized boolean isEmpty() {
    return recipients.isEmpty();
  }

  /** The recipients without a result, each with its request. */
  synchronized List<String> open() {
    List<String> open = new ArrayList<>();
    recipients.forEach((origin, addresses) ->
        addresses.values().forEach(address -> open.add(address + "  " + requestIds.get(origin))));
    return open.stream().sorted().toList();
  }

  private static String keyOf(String address) {
    return RecipientKey.find(address).orElse(address);
  }
}

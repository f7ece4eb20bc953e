package io.mailstream.streams.validate;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecipientField;
import io.mailstream.v1.SendRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whom a request is for: each address once, however often and in whatever spelling it is named. */
final class FanOut {

  private FanOut() {}

  /**
   * One recipient.
   *
   * @param key the canonical address, or the address as given where it is none
   * @param field the first field that names it
   * @param recipient the recipient as first named
   */
  record Target(String key, RecipientField field, Recipient recipient) {}

  static List<Target> targets(SendRequest request) {
    Map<String, Target> targets = new LinkedHashMap<>();
    collect(targets, RecipientField.TO, request.getTo());
    collect(targets, RecipientField.CC, request.getCc());
    collect(targets, RecipientField.BCC, request.getBcc());
    return new ArrayList<>(targets.values());
  }

  private static void collect(
      Map<String, Target> targets, RecipientField field, List<Recipient> recipients) {
    for (Recipient recipient : recipients) {
      String key = RecipientKey.find(recipient.getAddress()).orElse(recipient.getAddress());
      targets.putIfAbsent(key, new Target(key, field, recipient));
    }
  }
}

package io.mailstream.embedded.ses;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A message of SNS: what it says, and the text that its signature covers, which is each signed
 * field's name and value on a line of its own, in the order of the names.
 */
final class SnsEnvelope {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> SIGNED =
      Set.of(
          "Message",
          "MessageId",
          "Subject",
          "SubscribeURL",
          "Timestamp",
          "Token",
          "TopicArn",
          "Type");

  private final ObjectNode fields;

  private SnsEnvelope(String type, String topicArn, String message, Instant now) {
    fields = JSON.createObjectNode();
    fields.put("Type", type);
    fields.put("MessageId", UUID.randomUUID().toString());
    fields.put("TopicArn", topicArn);
    fields.put("Message", message);
    fields.put("Timestamp", SesEvents.TIMESTAMP.format(now));
  }

  static SnsEnvelope notification(
      String topicArn, String message, String unsubscribeUrl, Instant now) {
    SnsEnvelope envelope = new SnsEnvelope("Notification", topicArn, message, now);
    envelope.fields.put("Subject", "Amazon SES Email Event Notification");
    envelope.fields.put("UnsubscribeURL", unsubscribeUrl);
    return envelope;
  }

  static SnsEnvelope confirmation(String topicArn, String token, String subscribeUrl, Instant now) {
    String message =
        "You have chosen to subscribe to the topic %s.\nTo confirm the subscription, visit the"
                .formatted(topicArn)
            + " SubscribeURL included in this message.";
    SnsEnvelope envelope = new SnsEnvelope("SubscriptionConfirmation", topicArn, message, now);
    envelope.fields.put("Token", token);
    envelope.fields.put("SubscribeURL", subscribeUrl);
    return envelope;
  }

  String type() {
    return fields.path("Type").asText();
  }

  /** What it says. */
  String message() {
    return fields.path("Message").asText();
  }

  String messageId() {
    return fields.path("MessageId").asText();
  }

  String stringToSign() {
    TreeMap<String, String> signed = new TreeMap<>();
    fields
        .properties()
        .forEach(field -> {
          if (SIGNED.contains(field.getKey())) {
            signed.put(field.getKey(), field.getValue().asText());
          }
        });
    StringBuilder text = new StringBuilder();
    signed.forEach((name, value) -> text.append(name).append('\n').append(value).append('\n'));
    return text.toString();
  }

  /** The JSON that is posted. */
  String signed(SnsIdentity identity, String version, String certificateUrl) {
    ObjectNode signed = fields.deepCopy();
    signed.put("SignatureVersion", version);
    signed.put("Signature", identity.sign(stringToSign(), version));
    signed.put("SigningCertURL", certificateUrl);
    return signed.toPrettyString();
  }
}

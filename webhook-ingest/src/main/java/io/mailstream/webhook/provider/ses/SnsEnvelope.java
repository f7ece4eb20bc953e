package io.mailstream.webhook.provider.ses;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.webhook.provider.BoundedJson;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An SNS message as it comes by HTTP. Nothing in it is to be believed before its signature is
 * verified.
 *
 * @param subject null: none
 * @param timestamp as it was written: the signature covers its text
 * @param token confirmations only; else null
 * @param subscribeUrl confirmations only; else null
 */
public record SnsEnvelope(
    Type type,
    String messageId,
    String topicArn,
    String subject,
    String message,
    String timestamp,
    String token,
    String subscribeUrl,
    String signatureVersion,
    String signature,
    URI signingCertUrl) {

  /** What SNS sends. */
  public enum Type {
    NOTIFICATION("Notification"),
    SUBSCRIPTION_CONFIRMATION("SubscriptionConfirmation"),
    UNSUBSCRIBE_CONFIRMATION("UnsubscribeConfirmation");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    static Optional<Type> find(String text) {
      for (Type type : values()) {
        if (type.text.equals(text)) {
          return Optional.of(type);
        }
      }
      return Optional.empty();
    }
  }

  /** Reads an envelope; empty: it is none. */
  public static Optional<SnsEnvelope> parse(byte[] body) {
    return BoundedJson.object(body).flatMap(SnsEnvelope::of);
  }

  private static Optional<SnsEnvelope> of(JsonNode json) {
    Optional<Type> type = Type.find(text(json, "Type"));
    if (type.isEmpty()) {
      return Optional.empty();
    }
    boolean confirms = type.get() != Type.NOTIFICATION;
    String token = confirms ? text(json, "Token") : null;
    String subscribeUrl = confirms ? text(json, "SubscribeURL") : null;
    List<String> needed = new ArrayList<>();
    for (String name :
        List.of(
            "MessageId",
            "TopicArn",
            "Message",
            "Timestamp",
            "SignatureVersion",
            "Signature",
            "SigningCertURL")) {
      needed.add(text(json, name));
    }
    if (needed.contains(null) || (confirms && (token == null || subscribeUrl == null))) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new SnsEnvelope(
              type.get(),
              needed.get(0),
              needed.get(1),
              text(json, "Subject"),
              needed.get(2),
              needed.get(3),
              token,
              subscribeUrl,
              needed.get(4),
              needed.get(5),
              new URI(needed.get(6))));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static String text(JsonNode json, String name) {
    JsonNode value = json.get(name);
    return value != null && value.isTextual() ? value.textValue() : null;
  }

  /** The time of publication; empty: the timestamp is none. */
  Optional<Instant> publishedAt() {
    try {
      return Optional.of(Instant.parse(timestamp));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** What the signature covers, as the SNS developer guide says: names and values in this order. */
  String stringToSign() {
    StringBuilder text = new StringBuilder(message.length() + 512);
    append(text, "Message", message);
    append(text, "MessageId", messageId);
    if (type == Type.NOTIFICATION) {
      append(text, "Subject", subject);
    } else {
      append(text, "SubscribeURL", subscribeUrl);
    }
    append(text, "Timestamp", timestamp);
    append(text, "Token", token);
    append(text, "TopicArn", topicArn);
    append(text, "Type", type.text);
    return text.toString();
  }

  private static void append(StringBuilder text, String name, String value) {
    if (value != null) {
      text.append(name).append('\n').append(value).append('\n');
    }
  }
}

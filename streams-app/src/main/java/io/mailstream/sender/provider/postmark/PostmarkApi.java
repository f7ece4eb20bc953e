package io.mailstream.sender.provider.postmark;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MessageParts;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.common.CallTags;
import io.mailstream.sender.provider.http.HttpApi;
import io.mailstream.sender.provider.http.HttpCall;
import io.mailstream.sender.provider.http.HttpReply;
import io.mailstream.sender.provider.http.JsonBody;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Postmark's {@code POST /email}. It writes the MIME itself, so the recipient sees only their own
 * address in To: to name the others would send to them.
 */
final class PostmarkApi implements HttpApi {

  static final String NAME = "Postmark";

  /** 10 MB in all, attachments in base64. */
  static final int MAX_BYTES = 10_000_000;

  /** Text and HTML each. */
  static final int MAX_BODY_BYTES = 5_000_000;

  private static final Set<String> OWN_FIELDS = Set.of("X-PM-");

  /** Metadata: 10 fields, names of at most 20 characters, values of at most 80. */
  private static final CallTags METADATA =
      new CallTags(
          Pattern.compile("[\\x21-\\x7e]{1,20}"),
          Pattern.compile("\\P{Cntrl}{1,80}"),
          10,
          Integer.MAX_VALUE,
          "");

  private final Map<String, String> headers;
  private final Optional<String> messageStream;
  private final PostmarkErrors errors = new PostmarkErrors();

  PostmarkApi(String token, Optional<String> messageStream) {
    this.headers = Map.of("X-Postmark-Server-Token", token, "Accept", "application/json");
    this.messageStream = messageStream;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Prepared prepare(Delivery delivery) {
    return switch (MessageParts.of(delivery, OWN_FIELDS, MAX_BYTES)) {
      case Composition.Refused refused -> new Prepared.Refused(refused);
      case MessageParts message when isTooLong(message.text()) || isTooLong(message.html()) ->
          new Prepared.Refused(
              new Composition.Refused(
                  ReasonCode.TOO_LARGE,
                  "Postmark takes text and HTML of at most 5 MB each: send less, or a link"));
      case MessageParts message -> {
        byte[] body = JsonBody.of(json -> write(json, message, METADATA.of(delivery)));
        yield body.length > MAX_BYTES
            ? new Prepared.Refused(MessageParts.tooLarge(body.length, MAX_BYTES))
            : new Prepared.Ready(
                new HttpCall("/email", "application/json", headers, List.of(body)));
      }
    };
  }

  private static boolean isTooLong(String text) {
    return text != null && text.length() > MAX_BODY_BYTES;
  }

  private void write(JsonGenerator json, MessageParts message, Map<String, String> metadata)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("From", MessageParts.display(message.from()));
    json.writeStringField("To", MessageParts.display(message.recipient()));
    JsonBody.unlessEmpty(
        json,
        "ReplyTo",
        message.replyTo().stream().map(MessageParts::display).collect(Collectors.joining(", ")));
    json.writeStringField("Subject", message.subject());
    JsonBody.unlessEmpty(json, "TextBody", message.text());
    JsonBody.unlessEmpty(json, "HtmlBody", message.html());
    JsonBody.unlessEmpty(json, "MessageStream", messageStream.orElse(""));
    json.writeArrayFieldStart("Headers");
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      json.writeStartObject();
      json.writeStringField("Name", header.getKey());
      json.writeStringField("Value", header.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("Metadata");
    for (Map.Entry<String, String> field : metadata.entrySet()) {
      json.writeStringField(field.getKey(), field.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("Attachments");
    for (Attachment file : message.files()) {
      json.writeStartObject();
      json.writeStringField("Name", MessageParts.filename(file));
      json.writeStringField("ContentType", MessageParts.mediaType(file));
      if (file.getContentId() != null) {
        json.writeStringField("ContentID", "cid:" + file.getContentId());
      }
      JsonBody.base64(json, "Content", file.getContent());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  @Override
  public SendOutcome outcome(HttpReply.Answer answer, Instant now) {
    return errors.outcome(answer, now);
  }
}

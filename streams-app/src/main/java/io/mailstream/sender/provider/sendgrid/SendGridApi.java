package io.mailstream.sender.provider.sendgrid;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mailstream.schemas.DeliveryTags;
import io.mailstream.sender.mime.CheckedParts;
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
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * SendGrid's {@code POST /v3/mail/send}. It writes the MIME itself, so the recipient sees only
 * their own address in To: to name the others would send to them.
 */
final class SendGridApi implements HttpApi {

  static final String NAME = "SendGrid";

  /** A message must stay below 30 MB, attachments in base64. */
  static final int MAX_BYTES = 30_000_000 - 1;

  /** Fields that SendGrid keeps for itself, beside those that nobody may write. */
  private static final Set<String> OWN_FIELDS = Set.of("X-SG-", "X-SMTPAPI");

  /** Custom arguments must stay below 10,000 bytes of JSON: names, values and their quotes. */
  private static final CallTags CUSTOM_ARGUMENTS =
      new CallTags(
          Pattern.compile("\\P{Cntrl}{1,256}"),
          Pattern.compile("[^\\p{Cntrl}\"\\\\]{1,1000}"),
          100,
          9_000,
          DeliveryTags.REQUEST_TAG_PREFIX);

  private final Map<String, String> headers;
  private final SendGridErrors errors = new SendGridErrors();

  SendGridApi(String key) {
    this.headers = Map.of("Authorization", "Bearer " + key);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Prepared prepare(Delivery delivery) {
    CheckedParts parts = MessageParts.of(delivery, OWN_FIELDS, MAX_BYTES);
    return switch (parts) {
      case Composition.Refused refused -> new Prepared.Refused(refused);
      case MessageParts message when message.subject().isEmpty() ->
          new Prepared.Refused(
              new Composition.Refused(
                  ReasonCode.INVALID_SUBJECT,
                  "SendGrid takes no message without a subject: give one"));
      case MessageParts message -> {
        byte[] body = JsonBody.of(json -> write(json, message, CUSTOM_ARGUMENTS.of(delivery)));
        yield body.length > MAX_BYTES
            ? new Prepared.Refused(MessageParts.tooLarge(body.length, MAX_BYTES))
            : new Prepared.Ready(
                new HttpCall("/v3/mail/send", "application/json", headers, List.of(body)));
      }
    };
  }

  private static void write(JsonGenerator json, MessageParts message, Map<String, String> arguments)
      throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("personalizations");
    json.writeStartObject();
    json.writeArrayFieldStart("to");
    mailbox(json, message.recipient());
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndArray();
    json.writeFieldName("from");
    mailbox(json, message.from());
    if (!message.replyTo().isEmpty()) {
      json.writeArrayFieldStart("reply_to_list");
      for (Mailbox mailbox : message.replyTo()) {
        mailbox(json, mailbox);
      }
      json.writeEndArray();
    }
    json.writeStringField("subject", message.subject());
    json.writeArrayFieldStart("content");
    // SendGrid wants plain text first, and no part that is empty.
    content(json, "text/plain", message.text());
    content(json, "text/html", message.html());
    json.writeEndArray();
    files(json, message.files());
    object(json, "headers", message.headers());
    object(json, "custom_args", arguments);
    json.writeEndObject();
  }

  /** SendGrid refuses names with a comma or semicolon: the address alone is right too. */
  private static void mailbox(JsonGenerator json, Mailbox mailbox) throws IOException {
    json.writeStartObject();
    json.writeStringField("email", mailbox.getAddress());
    if (mailbox.getName().indexOf(',') < 0 && mailbox.getName().indexOf(';') < 0) {
      JsonBody.unlessEmpty(json, "name", mailbox.getName());
    }
    json.writeEndObject();
  }

  private static void content(JsonGenerator json, String type, String value) throws IOException {
    if (value != null && !value.isEmpty()) {
      json.writeStartObject();
      json.writeStringField("type", type);
      json.writeStringField("value", value);
      json.writeEndObject();
    }
  }

  private static void files(JsonGenerator json, List<Attachment> files) throws IOException {
    if (files.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("attachments");
    for (Attachment file : files) {
      json.writeStartObject();
      json.writeStringField("filename", MessageParts.filename(file));
      json.writeStringField("type", MessageParts.mediaType(file));
      json.writeStringField("disposition", file.getContentId() == null ? "attachment" : "inline");
      JsonBody.unlessEmpty(json, "content_id", file.getContentId());
      JsonBody.base64(json, "content", file.getContent());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void object(JsonGenerator json, String name, Map<String, String> fields)
      throws IOException {
    if (fields.isEmpty()) {
      return;
    }
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> field : fields.entrySet()) {
      json.writeStringField(field.getKey(), field.getValue());
    }
    json.writeEndObject();
  }

  @Override
  public SendOutcome outcome(HttpReply.Answer answer, Instant now) {
    return errors.outcome(answer, now);
  }
}

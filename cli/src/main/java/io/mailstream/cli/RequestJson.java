package io.mailstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.RawContent;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.ReferenceContent;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.TemplateContent;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * A {@code SendRequest} as people write it: the Avro record's fields by their names, with these
 * liberties. A mailbox is {@code "a@example.com"}, {@code "Name <a@example.com>"} or an object; a
 * list of one needs no brackets; {@code text}, {@code html} and {@code attachments}, or {@code
 * template}, {@code raw} (Base64) or {@code reference}, stand at the top or in {@code content};
 * headers are an object or a list of {@code {name, value}}; times are ISO 8601, {@code +10m} or
 * milliseconds; {@code lane} names the lane; without a {@code request_id} one is made up.
 */
final class RequestJson {

  private static final Set<String> INLINE = Set.of("text", "html", "attachments");
  private static final Set<String> CONTENT =
      Set.of("text", "html", "attachments", "template", "raw", "reference");
  private static final Set<String> FIELDS =
      Set.of(
          "request_id",
          "tenant",
          "idempotency_key",
          "stream",
          "actor",
          "from",
          "reply_to",
          "to",
          "cc",
          "bcc",
          "subject",
          "headers",
          "tags",
          "send_at",
          "expires_at",
          "on_uncertain",
          "account",
          "lane",
          "content",
          "text",
          "html",
          "attachments",
          "template",
          "raw",
          "reference");

  private RequestJson() {}

  /** A request, or what is wrong with it. */
  sealed interface Parsed {

    /** A request and the lane it goes by. */
    record Request(SendRequest request, Lane lane) implements Parsed {}

    /** All that is wrong, each with the path of the field. */
    record Bad(List<String> faults) implements Parsed {}
  }

  /**
   * Reads a request.
   *
   * @param now what {@code +10m} counts from
   */
  static Parsed parse(JsonNode json, Instant now) {
    if (!json.isObject()) {
      return new Parsed.Bad(List.of("give a JSON object"));
    }
    List<String> faults = new ArrayList<>();
    JsonFields fields = new JsonFields(json, "", faults);
    fields.allowOnly(FIELDS);
    String requestId = fields.optional("request_id");
    String tenant = fields.required("tenant");
    String stream = fields.required("stream");
    List<Mailbox> from = mailboxes(fields, "from");
    if (from.isEmpty() && !fields.has("from")) {
      fields.fault("from", "is missing");
    } else if (fields.list("from").size() > 1) {
      fields.fault("from", "give one mailbox");
    }
    List<Mailbox> replyTo = mailboxes(fields, "reply_to");
    List<Recipient> to = recipients(fields, "to");
    List<Recipient> cc = recipients(fields, "cc");
    List<Recipient> bcc = recipients(fields, "bcc");
    if (!fields.has("to") && !fields.has("cc") && !fields.has("bcc")) {
      fields.fault("to", "is missing: give at least one recipient in to, cc or bcc");
    }
    Object content = content(fields);
    List<Header> headers = headers(fields);
    Map<String, String> tags = fields.map("tags");
    Instant sendAt = fields.time("send_at", now);
    Instant expiresAt = fields.time("expires_at", now);
    OnUncertain onUncertain =
        fields.choice(
            "on_uncertain",
            OnUncertain.class,
            EnumSet.allOf(OnUncertain.class),
            OnUncertain.REPORT);
    Lane lane = fields.choice("lane", Lane.class, EnumSet.allOf(Lane.class), Lane.TRANSACTIONAL);
    String subject = Objects.requireNonNullElse(fields.optional("subject"), "");
    String idempotencyKey = fields.optional("idempotency_key");
    String actor = fields.optional("actor");
    String account = fields.optional("account");
    if (!faults.isEmpty()) {
      return new Parsed.Bad(List.copyOf(faults));
    }
    return new Parsed.Request(
        SendRequest.newBuilder()
            .setRequestId(requestId == null ? UUID.randomUUID().toString() : requestId)
            .setTenant(tenant)
            .setIdempotencyKey(idempotencyKey)
            .setStream(stream)
            .setActor(actor)
            .setFrom(from.getFirst())
            .setReplyTo(replyTo)
            .setTo(to)
            .setCc(cc)
            .setBcc(bcc)
            .setSubject(subject)
            .setContent(content)
            .setHeaders(headers)
            .setTags(tags)
            .setSendAt(sendAt)
            .setExpiresAt(expiresAt)
            .setOnUncertain(onUncertain)
            .setAccount(account)
            .build(),
        lane);
  }

  private static List<Mailbox> mailboxes(JsonFields fields, String name) {
    return recipients(fields, name).stream()
        .map(recipient -> new Mailbox(recipient.getAddress(), recipient.getName()))
        .toList();
  }

  private static List<Recipient> recipients(JsonFields fields, String name) {
    List<Recipient> recipients = new ArrayList<>();
    List<JsonNode> elements = fields.list(name);
    for (int i = 0; i < elements.size(); i++) {
      String path = elements.size() == 1 ? name : name + "[" + i + "]";
      Recipient recipient = recipient(fields, path, elements.get(i));
      if (recipient != null) {
        recipients.add(recipient);
      }
    }
    return recipients;
  }

  private static Recipient recipient(JsonFields fields, String path, JsonNode value) {
    if (value.isTextual()) {
      Mailbox mailbox = mailbox(value.textValue());
      checkAddress(fields, path, mailbox.getAddress());
      return new Recipient(mailbox.getAddress(), mailbox.getName(), Map.of());
    }
    if (!value.isObject()) {
      fields.fault(path, "give \"a@example.com\", \"Name <a@example.com>\" or {\"address\": …}");
      return null;
    }
    JsonFields object = new JsonFields(value, fields.pathOf(path), fields.faults());
    object.allowOnly(Set.of("address", "name", "variables"));
    String address = object.required("address");
    if (address == null) {
      return null;
    }
    checkAddress(fields, path, address);
    return new Recipient(address, object.optional("name"), object.map("variables"));
  }

  private static void checkAddress(JsonFields fields, String path, String address) {
    if (RecipientKey.find(address).isEmpty()) {
      fields.fault(
          path,
          "'%s' is no address: give local-part@domain, with a domain name".formatted(address));
    }
  }

  /** {@code Name <a@example.com>} or the address alone. */
  static Mailbox mailbox(String text) {
    String stripped = text.strip();
    int open = stripped.lastIndexOf('<');
    if (open < 0 || !stripped.endsWith(">")) {
      return new Mailbox(stripped, null);
    }
    String name = stripped.substring(0, open).strip();
    if (name.length() >= 2 && name.startsWith("\"") && name.endsWith("\"")) {
      name = name.substring(1, name.length() - 1).replace("\\\"", "\"");
    }
    String address = stripped.substring(open + 1, stripped.length() - 1).strip();
    return new Mailbox(address, name.isEmpty() ? null : name);
  }

  private static Object content(JsonFields top) {
    JsonFields fields = top;
    if (top.has("content")) {
      if (CONTENT.stream().anyMatch(top::has) || !top.get("content").isObject()) {
        top.fault("content", "give either content as an object, or its fields at the top");
        return null;
      }
      fields = new JsonFields(top.get("content"), "content", top.faults());
      fields.allowOnly(CONTENT);
    }
    List<String> kinds = new ArrayList<>();
    if (INLINE.stream().anyMatch(fields::has)) {
      kinds.add("text/html/attachments");
    }
    for (String kind : List.of("template", "raw", "reference")) {
      if (fields.has(kind)) {
        kinds.add(kind);
      }
    }
    if (kinds.size() != 1) {
      fields.fault(
          "content",
          kinds.isEmpty()
              ? "is missing: give text, html, template, raw or reference"
              : "is given in more than one kind: " + String.join(", ", kinds));
      return null;
    }
    return switch (kinds.getFirst()) {
      case "template" -> template(fields);
      case "raw" -> raw(fields);
      case "reference" -> reference(fields);
      default ->
          new InlineContent(fields.optional("text"), fields.optional("html"), attachments(fields));
    };
  }

  private static JsonFields object(JsonFields fields, String name, Set<String> known) {
    JsonFields object = new JsonFields(fields.get(name), fields.pathOf(name), fields.faults());
    if (!fields.get(name).isObject()) {
      fields.fault(name, "give an object");
    } else {
      object.allowOnly(known);
    }
    return object;
  }

  private static TemplateContent template(JsonFields fields) {
    JsonFields template = object(fields, "template", Set.of("id", "version", "variables"));
    return new TemplateContent(
        template.required("id"), template.optional("version"), template.map("variables"));
  }

  private static RawContent raw(JsonFields fields) {
    byte[] mime = fields.bytes("raw");
    return mime == null ? null : new RawContent(ByteBuffer.wrap(mime));
  }

  private static ReferenceContent reference(JsonFields fields) {
    JsonFields reference = object(fields, "reference", Set.of("uri", "sha256", "size"));
    if (!reference.has("size") || !reference.get("size").isIntegralNumber()) {
      reference.fault("size", "give the size in bytes");
      return null;
    }
    return new ReferenceContent(
        reference.required("uri"), reference.required("sha256"), reference.get("size").longValue());
  }

  private static List<Attachment> attachments(JsonFields fields) {
    List<Attachment> attachments = new ArrayList<>();
    List<JsonNode> elements = fields.list("attachments");
    for (int i = 0; i < elements.size(); i++) {
      String path = "attachments[" + i + "]";
      if (!elements.get(i).isObject()) {
        fields.fault(path, "give {\"filename\": …, \"content\": \"Base64\"}");
        continue;
      }
      JsonFields attachment = new JsonFields(elements.get(i), fields.pathOf(path), fields.faults());
      attachment.allowOnly(Set.of("filename", "content_type", "content", "content_id"));
      String filename = attachment.required("filename");
      byte[] content = attachment.bytes("content");
      if (filename != null && content != null) {
        attachments.add(
            new Attachment(
                filename,
                Objects.requireNonNullElse(
                    attachment.optional("content_type"), "application/octet-stream"),
                ByteBuffer.wrap(content),
                attachment.optional("content_id")));
      }
    }
    return attachments;
  }

  private static List<Header> headers(JsonFields fields) {
    if (fields.has("headers") && fields.get("headers").isObject()) {
      return fields.map("headers").entrySet().stream()
          .map(header -> new Header(header.getKey(), header.getValue()))
          .toList();
    }
    List<Header> headers = new ArrayList<>();
    List<JsonNode> elements = fields.list("headers");
    for (int i = 0; i < elements.size(); i++) {
      String path = "headers[" + i + "]";
      if (!elements.get(i).isObject()) {
        fields.fault(path, "give {\"name\": …, \"value\": …}");
        continue;
      }
      JsonFields header = new JsonFields(elements.get(i), path, fields.faults());
      header.allowOnly(Set.of("name", "value"));
      String name = header.required("name");
      String value = header.required("value");
      if (name != null && value != null) {
        headers.add(new Header(name, value));
      }
    }
    return headers;
  }
}

package io.mailstream.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** A request by options. With {@code --file} they are what holds where a line says nothing else. */
final class RequestFlags {

  @Option(names = "--tenant", description = "The tenant on whose behalf it is sent.")
  private String tenant;

  @Option(names = "--stream", description = "The category of mail, such as password-reset.")
  private String stream;

  @Option(names = "--from", paramLabel = "MAILBOX", description = "The author.")
  private String from;

  @Option(names = "--reply-to", paramLabel = "MAILBOX", description = "Where replies go.")
  private List<String> replyTo = List.of();

  @Option(
      names = "--to",
      paramLabel = "MAILBOX",
      description = "A recipient: a@example.com or \"Name <a@example.com>\"; repeatable.")
  private List<String> to = List.of();

  @Option(names = "--cc", paramLabel = "MAILBOX", description = "A copied recipient; repeatable.")
  private List<String> cc = List.of();

  @Option(
      names = "--bcc",
      paramLabel = "MAILBOX",
      description = "A recipient that no header shows; repeatable.")
  private List<String> bcc = List.of();

  @Option(names = "--subject", description = "The subject.")
  private String subject;

  @Option(
      names = "--text",
      paramLabel = "TEXT|@FILE",
      description = "The plain text, or @ and the file it is in.")
  private String text;

  @Option(
      names = "--html",
      paramLabel = "HTML|@FILE",
      description = "The HTML, or @ and the file it is in.")
  private String html;

  @Option(names = "--attach", paramLabel = "FILE", description = "An attachment; repeatable.")
  private List<Path> attachments = List.of();

  @Option(
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = "A header field to add; repeatable.")
  private Map<String, String> headers = Map.of();

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      description = "A label that comes back in results and feedback; repeatable.")
  private Map<String, String> tags = Map.of();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The idempotency key: a second request with it is a DUPLICATE.")
  private String key;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "Comes back in every result (default: a random UUID).")
  private String requestId;

  @Option(
      names = "--lane",
      paramLabel = "LANE",
      description = "transactional or bulk (default: transactional).")
  private String lane;

  @Option(
      names = "--send-at",
      paramLabel = "TIME",
      description = "Not before: 2026-11-21T09:00:00Z or +10m.")
  private String sendAt;

  @Option(names = "--expires-at", paramLabel = "TIME", description = "Not after; like --send-at.")
  private String expiresAt;

  @Option(
      names = "--on-uncertain",
      paramLabel = "WHAT",
      description = "report (default) or resend, when the outcome of a send stays unknown.")
  private String onUncertain;

  @Option(names = "--account", description = "The account to send through, where allowed.")
  private String account;

  /** The options as the request's JSON. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    put(json, "request_id", requestId);
    put(json, "tenant", tenant);
    put(json, "idempotency_key", key);
    put(json, "stream", stream);
    put(json, "from", from);
    put(json, "reply_to", replyTo);
    put(json, "to", to);
    put(json, "cc", cc);
    put(json, "bcc", bcc);
    put(json, "subject", subject);
    put(json, "text", textOf("--text", text));
    put(json, "html", textOf("--html", html));
    put(json, "lane", lane);
    put(json, "send_at", sendAt);
    put(json, "expires_at", expiresAt);
    put(json, "on_uncertain", onUncertain);
    put(json, "account", account);
    put(json, "headers", headers);
    put(json, "tags", tags);
    if (!attachments.isEmpty()) {
      ArrayNode array = json.putArray("attachments");
      attachments.forEach(file -> array.add(attachment(file)));
    }
    return json;
  }

  private static void put(ObjectNode json, String name, String value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  private static void put(ObjectNode json, String name, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(json.withArray(name)::add);
    }
  }

  private static void put(ObjectNode json, String name, Map<String, String> values) {
    if (!values.isEmpty()) {
      values.forEach(json.withObject("/" + name)::put);
    }
  }

  private static String textOf(String option, String value) {
    if (value == null || !value.startsWith("@")) {
      return value;
    }
    return new String(read(option, Path.of(value.substring(1))), StandardCharsets.UTF_8);
  }

  private static ObjectNode attachment(Path file) {
    String name = file.getFileName().toString();
    String type = URLConnection.guessContentTypeFromName(name);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("filename", name);
    put(json, "content_type", type);
    json.put("content", Base64.getEncoder().encodeToString(read("--attach", file)));
    return json;
  }

  private static byte[] read(String option, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CliException(Exit.USAGE, "%s: cannot read %s (%s)".formatted(option, file, e), e);
    }
  }
}

package io.mailstream.sender.provider.mailgun;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MimeComposer;
import io.mailstream.sender.mime.WireAddress;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.common.CallTags;
import io.mailstream.sender.provider.http.HttpApi;
import io.mailstream.sender.provider.http.HttpCall;
import io.mailstream.sender.provider.http.HttpRefusals;
import io.mailstream.sender.provider.http.HttpReply;
import io.mailstream.v1.Delivery;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Mailgun's {@code POST /v3/{domain}/messages.mime}: our message as it is, one envelope recipient,
 * the delivery's tags as variables.
 */
final class MailgunApi implements HttpApi {

  static final String NAME = "Mailgun";

  /** 25 MB a message. */
  static final long MAX_MESSAGE_BYTES = 25_000_000;

  /** Options and variables have 16 KB in all. */
  private static final CallTags VARIABLES =
      new CallTags(
          Pattern.compile("[A-Za-z0-9_.:-]{1,128}"),
          Pattern.compile("\\P{Cntrl}{1,1000}"),
          100,
          12_000,
          "");

  private final MimeComposer composer = new MimeComposer("X-Mailgun-", MAX_MESSAGE_BYTES);
  private final HttpRefusals refusals = new HttpRefusals(NAME);
  private final String path;
  private final Map<String, String> headers;

  MailgunApi(String domain, String key) {
    this.path = "/v3/" + domain + "/messages.mime";
    byte[] login = ("api:" + key).getBytes(StandardCharsets.UTF_8);
    this.headers = Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(login));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Prepared prepare(Delivery delivery) {
    Optional<String> recipient = WireAddress.find(delivery.getRecipient().getAddress());
    if (recipient.isEmpty()) {
      return new Prepared.Refused(WireAddress.refused(NAME));
    }
    return switch (composer.compose(delivery)) {
      case Composition.Refused refused -> new Prepared.Refused(refused);
      case Composition.Message(byte[] message) ->
          new Prepared.Ready(form(recipient.get(), VARIABLES.of(delivery), message));
    };
  }

  /** A form (RFC 7578). Its boundary is random, so no message can hold it. */
  private HttpCall form(String recipient, Map<String, String> variables, byte[] message) {
    String boundary = "ms-" + UUID.randomUUID();
    StringBuilder fields = new StringBuilder(1024);
    field(fields, boundary, "to", recipient);
    variables.forEach((name, value) -> field(fields, boundary, "v:" + name, value));
    fields
        .append("--")
        .append(boundary)
        .append("\r\nContent-Disposition: form-data; name=\"message\"; filename=\"message.mime\"")
        .append("\r\nContent-Type: message/rfc822\r\n\r\n");
    return new HttpCall(
        path,
        "multipart/form-data; boundary=" + boundary,
        headers,
        List.of(
            fields.toString().getBytes(StandardCharsets.UTF_8),
            message,
            ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII)));
  }

  private static void field(StringBuilder form, String boundary, String name, String value) {
    form.append("--")
        .append(boundary)
        .append("\r\nContent-Disposition: form-data; name=\"")
        .append(name)
        .append("\"\r\n\r\n")
        .append(value)
        .append("\r\n");
  }

  /** Mailgun's errors are {@code {"message"}} and have no codes: the status decides. */
  @Override
  public SendOutcome outcome(HttpReply.Answer answer, Instant now) {
    JsonNode json = answer.json();
    if (!answer.isSuccess()) {
      return refusals.byStatus(answer, json.path("message").asText(""), now);
    }
    String id = json.path("id").asText("");
    // Events name the id without its brackets.
    String bare = id.startsWith("<") && id.endsWith(">") ? id.substring(1, id.length() - 1) : id;
    return bare.isBlank() ? HttpRefusals.unreadable(NAME, answer) : new Accepted(bare);
  }
}

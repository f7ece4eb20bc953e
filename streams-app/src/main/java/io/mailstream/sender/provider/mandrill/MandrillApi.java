package io.mailstream.sender.provider.mandrill;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MimeComposer;
import io.mailstream.sender.mime.WireAddress;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.common.CallTags;
import io.mailstream.sender.provider.http.HttpApi;
import io.mailstream.sender.provider.http.HttpCall;
import io.mailstream.sender.provider.http.HttpReply;
import io.mailstream.sender.provider.http.JsonBody;
import io.mailstream.v1.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Mandrill's {@code messages/send-raw}: our message, with Mandrill's own instructions as header
 * fields in front, since the call itself takes no metadata. One envelope recipient; To and Cc stay.
 */
final class MandrillApi implements HttpApi {

  static final String NAME = "Mandrill";

  /** 25 MB a message. */
  static final long MAX_MESSAGE_BYTES = 25_000_000;

  /** Ten fields, values of at most 200 bytes, 1,000 bytes of JSON in all. */
  private static final CallTags METADATA =
      new CallTags(
          Pattern.compile("[A-Za-z0-9_.:-]{1,100}"),
          Pattern.compile("[\\x20-\\x7e&&[^\"\\\\]]{1,200}"),
          10,
          900,
          "");

  private final MimeComposer composer = new MimeComposer("X-MC-", MAX_MESSAGE_BYTES);
  private final MandrillErrors errors = new MandrillErrors();
  private final String key;
  private final String instructions;

  MandrillApi(String key, Optional<String> subaccount) {
    this.key = key;
    this.instructions =
        "X-MC-PreserveRecipients: true\r\n"
            + subaccount.map(name -> "X-MC-Subaccount: " + name + "\r\n").orElse("");
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
      case Composition.Message(byte[] message) -> {
        byte[] fields =
            (instructions + metadata(METADATA.of(delivery))).getBytes(StandardCharsets.US_ASCII);
        byte[] body = JsonBody.of(json -> write(json, recipient.get(), fields, message));
        yield new Prepared.Ready(
            new HttpCall(
                "/api/1.0/messages/send-raw", "application/json", Map.of(), List.of(body)));
      }
    };
  }

  /** JSON in a header field, folded between its members. */
  private static String metadata(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> "\"" + field.getKey() + "\":\"" + field.getValue() + "\"")
        .collect(Collectors.joining(",\r\n ", "X-MC-Metadata: {", "}\r\n"));
  }

  private void write(JsonGenerator json, String recipient, byte[] fields, byte[] message)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("key", key);
    json.writeArrayFieldStart("to");
    json.writeString(recipient);
    json.writeEndArray();
    json.writeBooleanField("async", false);
    json.writeFieldName("raw_message");
    byte[] raw = new byte[fields.length + message.length];
    System.arraycopy(fields, 0, raw, 0, fields.length);
    System.arraycopy(message, 0, raw, fields.length, message.length);
    json.writeUTF8String(raw, 0, raw.length);
    json.writeEndObject();
  }

  @Override
  public SendOutcome outcome(HttpReply.Answer answer, Instant now) {
    return errors.outcome(answer, now);
  }
}

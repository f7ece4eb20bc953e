package io.mailstream.embedded.ses;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the simulator reads of a SendEmail request. The mail itself is skipped over, undecoded,
 * where nobody wants to see it: this server is also what benchmarks send to.
 *
 * @param from the From address
 * @param recipients all of Destination
 * @param tags EmailTags
 * @param configurationSet its name
 * @param hasContent whether there is content of any kind
 * @param raw the MIME message; empty where it was skipped or the content is of another kind
 */
record SendEmailRequest(
    String from,
    List<String> recipients,
    Map<String, String> tags,
    Optional<String> configurationSet,
    boolean hasContent,
    Optional<byte[]> raw) {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(20)
                  .maxStringLength(SesSimulator.MAX_BODY_BYTES)
                  .build())
          .build();

  /**
   * Reads a request.
   *
   * @param keepRaw whether the message is decoded
   * @throws IOException if it is not JSON of the expected form
   */
  static SendEmailRequest read(byte[] body, boolean keepRaw) throws IOException {
    Reader reader = new Reader(keepRaw);
    try (JsonParser parser = JSON.createParser(body)) {
      reader.request(parser);
    }
    return new SendEmailRequest(
        reader.from,
        List.copyOf(reader.recipients),
        reader.tags,
        Optional.ofNullable(reader.configurationSet),
        reader.hasContent,
        Optional.ofNullable(reader.raw));
  }

  private static final class Reader {
    private final boolean keepRaw;
    private final List<String> recipients = new ArrayList<>(1);
    private final Map<String, String> tags = new LinkedHashMap<>();
    private String from = "";
    private String configurationSet;
    private boolean hasContent;
    private byte[] raw;

    Reader(boolean keepRaw) {
      this.keepRaw = keepRaw;
    }

    void request(JsonParser parser) throws IOException {
      require(parser.nextToken() == JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (name) {
          case "FromEmailAddress" -> from = parser.getText();
          case "ConfigurationSetName" -> configurationSet = parser.getValueAsString();
          case "Destination" -> destination(parser, value);
          case "EmailTags" -> tags(parser, value);
          case "Content" -> content(parser, value);
          default -> parser.skipChildren();
        }
      }
    }

    private void destination(JsonParser parser, JsonToken value) throws IOException {
      require(value == JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        require(parser.nextToken() == JsonToken.START_ARRAY);
        while (parser.nextToken() == JsonToken.VALUE_STRING) {
          recipients.add(parser.getText());
        }
      }
    }

    private void tags(JsonParser parser, JsonToken value) throws IOException {
      require(value == JsonToken.START_ARRAY);
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        String tag = "";
        String tagged = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          require(parser.nextToken() == JsonToken.VALUE_STRING);
          if (name.equals("Name")) {
            tag = parser.getText();
          } else {
            tagged = parser.getText();
          }
        }
        tags.put(tag, tagged);
      }
    }

    private void content(JsonParser parser, JsonToken value) throws IOException {
      require(value == JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String kind = parser.currentName();
        require(parser.nextToken() == JsonToken.START_OBJECT);
        hasContent = true;
        if (kind.equals("Raw")) {
          rawMessage(parser);
        } else {
          parser.skipChildren();
        }
      }
    }

    private void rawMessage(JsonParser parser) throws IOException {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isData = parser.currentName().equals("Data");
        require(parser.nextToken() == JsonToken.VALUE_STRING);
        if (isData && keepRaw) {
          raw = parser.getBinaryValue();
        }
      }
    }

    private static void require(boolean expected) throws IOException {
      if (!expected) {
        throw new IOException("not a SendEmail request");
      }
    }
  }
}

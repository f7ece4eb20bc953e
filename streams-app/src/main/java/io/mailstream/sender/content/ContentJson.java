package io.mailstream.sender.content;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.InlineContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The JSON that referenced content is: the fields of {@link InlineContent} by their names, bytes in
 * base64. Anything else in it is a fault, since what is not understood would not be sent.
 */
final class ContentJson {

  private static final int MOST_ATTACHMENTS = 100;
  private static final int LONGEST_TEXT = 64 * 1024 * 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(5)
                  .maxStringLength(LONGEST_TEXT)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private ContentJson() {}

  /** It is not what it should be; the message says where, and quotes nothing of it. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String what) {
      super("the content " + what);
    }
  }

  /** Reads it. */
  static InlineContent read(byte[] bytes) throws Malformed {
    try (JsonParser json = JSON.createParser(bytes)) {
      InlineContent content = InlineContent.newBuilder().build();
      object(
          json,
          json.nextToken(),
          name -> {
            switch (name) {
              case "text" -> content.setText(text(json, name));
              case "html" -> content.setHtml(text(json, name));
              case "attachments" -> content.setAttachments(attachments(json));
              default -> throw new Malformed("has a field that is not known here: " + known());
            }
          });
      if (json.nextToken() != null) {
        throw new Malformed("goes on behind its end");
      }
      return content;
    } catch (JsonProcessingException e) {
      throw new Malformed(
          "is no JSON at line %d: %s".formatted(e.getLocation().getLineNr(), known()));
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot fail", e);
    }
  }

  private static String known() {
    return "give an object of text, html and attachments, these with filename, content_type,"
        + " content (base64) and content_id";
  }

  @FunctionalInterface
  private interface Field {
    void read(String name) throws IOException, Malformed;
  }

  private static void object(JsonParser json, JsonToken first, Field field)
      throws IOException, Malformed {
    if (first != JsonToken.START_OBJECT) {
      throw new Malformed("is no object where there should be one: " + known());
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      field.read(name);
    }
  }

  private static String text(JsonParser json, String name) throws IOException, Malformed {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new Malformed("has no text in its field " + name);
    }
    return json.getText();
  }

  private static String required(JsonParser json, String name) throws IOException, Malformed {
    String text = text(json, name);
    if (text == null) {
      throw new Malformed("has no text in its field " + name);
    }
    return text;
  }

  private static List<Attachment> attachments(JsonParser json) throws IOException, Malformed {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new Malformed("has no list in its field attachments");
    }
    List<Attachment> attachments = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (attachments.size() == MOST_ATTACHMENTS) {
        throw new Malformed("has more than %d attachments".formatted(MOST_ATTACHMENTS));
      }
      attachments.add(attachment(json));
    }
    return attachments;
  }

  private static Attachment attachment(JsonParser json) throws IOException, Malformed {
    Attachment.Builder attachment = Attachment.newBuilder();
    object(
        json,
        json.currentToken(),
        name -> {
          switch (name) {
            case "filename" -> attachment.setFilename(required(json, name));
            case "content_type" -> attachment.setContentType(required(json, name));
            case "content_id" -> attachment.setContentId(text(json, name));
            case "content" -> attachment.setContent(binary(json));
            default -> throw new Malformed("has an attachment with a field that is not known");
          }
        });
    if (!attachment.hasFilename() || !attachment.hasContent()) {
      throw new Malformed("has an attachment without filename or content");
    }
    return attachment.build();
  }

  private static ByteBuffer binary(JsonParser json) throws IOException, Malformed {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new Malformed("has an attachment without base64 in its field content");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      json.readBinaryValue(out);
    } catch (IllegalArgumentException e) {
      throw new Malformed("has an attachment whose content is no base64");
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  /** A SHA-256 as references write it. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

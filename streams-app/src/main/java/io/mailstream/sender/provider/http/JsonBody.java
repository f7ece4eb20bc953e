package io.mailstream.sender.provider.http;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Writes a request's body in JSON. */
public final class JsonBody {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonBody() {}

  /** Writes the content of a body. */
  @FunctionalInterface
  public interface Writer {
    void write(JsonGenerator json) throws IOException;
  }

  /** The body that a writer writes. */
  public static byte[] of(Writer writer) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(4096)) {
      try (JsonGenerator json = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
        writer.write(json);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
  }

  /** Writes a field of bytes in base64. */
  public static void base64(JsonGenerator json, String name, ByteBuffer content)
      throws IOException {
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    json.writeBinaryField(name, bytes);
  }

  /** Writes a field unless there is nothing to write. */
  public static void unlessEmpty(JsonGenerator json, String name, String text) throws IOException {
    if (text != null && !text.isEmpty()) {
      json.writeStringField(name, text);
    }
  }
}

package io.mailstream.runtime.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * An error for a client, as RFC 9457 has it ({@code application/problem+json}). Its type is always
 * {@code about:blank}: the status says what kind of problem it is, the detail which.
 *
 * @param status the HTTP status, 400 to 599
 * @param title the status in words
 * @param detail what is wrong, where, and what to do; no secret
 * @param extensions further members by name; none of RFC 9457's own
 */
public record Problem(int status, String title, String detail, Map<String, String> extensions) {

  /** The media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final JsonFactory JSON = new JsonFactory();

  /** Copies the extensions. */
  public Problem {
    extensions = Map.copyOf(extensions);
  }

  /** A problem with the usual title of its status. */
  public static Problem of(int status, String detail) {
    return new Problem(status, Status.create(status).reasonPhrase(), detail, Map.of());
  }

  /** The same with one more member. */
  public Problem with(String member, String value) {
    Map<String, String> all = new TreeMap<>(extensions);
    all.put(member, value);
    return new Problem(status, title, detail, all);
  }

  /** Answers a request with it. */
  public void send(ServerResponse response) {
    response
        .status(Status.create(status))
        .header(HeaderNames.CONTENT_TYPE, MEDIA_TYPE)
        .send(json());
  }

  /** The problem as JSON, in UTF-8. */
  public byte[] json() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("type", "about:blank");
      json.writeStringField("title", title);
      json.writeNumberField("status", status);
      json.writeStringField("detail", detail);
      for (Map.Entry<String, String> extension : new TreeMap<>(extensions).entrySet()) {
        json.writeStringField(extension.getKey(), extension.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an array cannot fail to be written to", e);
    }
    return out.toByteArray();
  }
}

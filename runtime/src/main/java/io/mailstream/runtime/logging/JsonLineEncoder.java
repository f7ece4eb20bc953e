package io.mailstream.runtime.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line: timestamp (ISO 8601, UTC), level, logger, thread, message, then MDC and
 * key-value pairs by their names, then error {type, message, stack}. Addresses are masked in every
 * value unless {@link Logging} was told otherwise; that is why this is not Logback's own encoder,
 * which writes arguments and exceptions as they are.
 */
public final class JsonLineEncoder extends EncoderBase<ILoggingEvent> {

  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] NOTHING = {};

  /** Called by Logback. */
  public JsonLineEncoder() {}

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("timestamp", event.getInstant().toString());
      json.writeStringField("level", event.getLevel().toString());
      json.writeStringField("logger", event.getLoggerName());
      json.writeStringField("thread", masked(event.getThreadName()));
      json.writeStringField("message", masked(event.getFormattedMessage()));
      writePairs(json, event);
      writeError(json, event.getThrowableProxy());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an array cannot fail to be written to", e);
    }
    line.write('\n');
    return line.toByteArray();
  }

  private static void writePairs(JsonGenerator json, ILoggingEvent event) throws IOException {
    for (Map.Entry<String, String> entry : event.getMDCPropertyMap().entrySet()) {
      json.writeStringField(entry.getKey(), masked(entry.getValue()));
    }
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        json.writeStringField(pair.key, masked(String.valueOf(pair.value)));
      }
    }
  }

  private static void writeError(JsonGenerator json, IThrowableProxy error) throws IOException {
    if (error == null) {
      return;
    }
    json.writeObjectFieldStart("error");
    json.writeStringField("type", error.getClassName());
    json.writeStringField("message", masked(String.valueOf(error.getMessage())));
    json.writeStringField("stack", masked(ThrowableProxyUtil.asString(error)));
    json.writeEndObject();
  }

  private static String masked(String text) {
    return text == null || Logging.showsAddresses() ? text : Masking.text(text);
  }
}

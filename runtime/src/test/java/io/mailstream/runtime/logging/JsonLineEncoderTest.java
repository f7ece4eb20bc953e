package io.mailstream.runtime.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLineEncoderTest {

  private final Logger logger = new LoggerContext().getLogger("io.mailstream.Test");
  private final JsonLineEncoder encoder = new JsonLineEncoder();

  @AfterEach
  void maskAgain() {
    Logging.configure(false);
  }

  private LoggingEvent event(
      Map<String, String> mdc, String message, Throwable error, Object... arguments) {
    LoggingEvent event = new LoggingEvent("fqcn", logger, Level.WARN, message, error, arguments);
    event.setMDCPropertyMap(mdc);
    return event;
  }

  private String encode(LoggingEvent event) {
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void isOneLineOfJson() throws Exception {
    LoggingEvent event =
        event(
            Map.of("tenant", "acme"),
            "two\nlines of \"{}\"",
            new IllegalStateException("why"),
            "x");
    event.addKeyValuePair(new KeyValuePair("count", 3));

    String line = encode(event);

    assertThat(line).endsWith("}\n");
    assertThat(line.strip()).doesNotContain("\n");
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.get("level").asText()).isEqualTo("WARN");
    assertThat(json.get("logger").asText()).isEqualTo("io.mailstream.Test");
    assertThat(json.get("message").asText()).isEqualTo("two\nlines of \"x\"");
    assertThat(json.get("tenant").asText()).isEqualTo("acme");
    assertThat(json.get("count").asText()).isEqualTo("3");
    assertThat(json.get("error").get("type").asText()).isEqualTo("java.lang.IllegalStateException");
    assertThat(json.get("error").get("stack").asText()).contains("JsonLineEncoderTest");
  }

  private LoggingEvent withAddressesEverywhere() {
    Exception cause = new IllegalArgumentException("cause of four@example.com");
    Exception error = new IllegalStateException("failed for three@example.com", cause);
    error.addSuppressed(new IllegalStateException("also five@example.com"));
    LoggingEvent event =
        event(
            Map.of("recipient", "two@example.com"),
            "sent to {} by zero@example.com",
            error,
            "one@example.com");
    event.addKeyValuePair(new KeyValuePair("from", "six@example.com"));
    event.setThreadName("send-seven@example.com");
    return event;
  }

  @Test
  void noAddressIsReadable() {
    assertThat(encode(withAddressesEverywhere()))
        .doesNotContain("zero", "one@", "two", "three", "four", "five", "six", "seven")
        .contains("sent to o***@example.com by z***@example.com")
        .contains("\"recipient\":\"t***@example.com\"");
  }

  @Test
  void addressesAreClearWhereAskedFor() {
    Logging.configure(true);

    assertThat(encode(withAddressesEverywhere()))
        .contains("zero@", "one@", "two@", "three@", "four@", "five@", "six@", "seven@");
  }
}

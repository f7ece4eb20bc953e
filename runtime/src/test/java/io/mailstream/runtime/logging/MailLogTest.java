package io.mailstream.runtime.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.runtime.logging.MailLog.Event;
import io.mailstream.runtime.logging.MailLog.Line;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class MailLogTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(MailLog.LOGGER);
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();

  @BeforeEach
  void listen() {
    written.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(written);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(written);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  @Test
  void aLineIsOneObjectWithMaskedAddress() throws Exception {
    MailLog.write(
        Event.ATTEMPT,
        new Line(
            "acme",
            "receipts",
            "d1",
            "jane.doe@example.com",
            "ses",
            "main",
            "rejected",
            "ESP_REJECTED",
            "400",
            null));

    String line = encoded();
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(line.strip()).doesNotContain("\n").doesNotContain("jane.doe");
    assertThat(json.get("message").asText()).isEqualTo("attempt");
    assertThat(json.get("logger").asText()).isEqualTo("mail");
    assertThat(json.get("tenant").asText()).isEqualTo("acme");
    assertThat(json.get("stream").asText()).isEqualTo("receipts");
    assertThat(json.get("delivery_id").asText()).isEqualTo("d1");
    assertThat(json.get("recipient").asText()).endsWith("@example.com");
    assertThat(json.get("provider").asText()).isEqualTo("ses");
    assertThat(json.get("status").asText()).isEqualTo("rejected");
    assertThat(json.get("reason").asText()).isEqualTo("ESP_REJECTED");
    assertThat(json.get("esp_response_code").asText()).isEqualTo("400");
    assertThat(json.has("trace_id")).isFalse();
  }

  @Test
  void itCanBeSwitchedOff() {
    logger.setLevel(Level.OFF);
    assertThat(MailLog.isOn()).isFalse();
    MailLog.write(
        Event.RESULT, new Line("acme", "s", "d", "r", null, null, "SENT", null, null, null));
    assertThat(written.list).isEmpty();
  }

  private String encoded() {
    assertThat(written.list).hasSize(1);
    return new String(
        new JsonLineEncoder().encode(written.list.getFirst()), StandardCharsets.UTF_8);
  }
}

package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.runtime.logging.JsonLineEncoder;
import io.mailstream.runtime.logging.MailLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** The lines that all parts of a running system write on its mail, as a log shipper reads them. */
final class MailLogLines implements AutoCloseable {

  /** What every line has, whoever wrote it. */
  private static final Set<String> ALWAYS =
      Set.of("timestamp", "level", "logger", "thread", "message", "recipient", "status");

  /** What a line has where it is known: the table of docs/logs.md. */
  private static final Set<String> WHERE_KNOWN =
      Set.of(
          "tenant",
          "stream",
          "delivery_id",
          "provider",
          "account",
          "reason",
          "esp_response_code",
          "trace_id");

  private final Logger logger = (Logger) LoggerFactory.getLogger(MailLog.LOGGER);
  private final Level before = logger.getLevel();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

  MailLogLines() {
    LoggerContext context = logger.getLoggerContext();
    JsonLineEncoder encoder = new JsonLineEncoder();
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(written);
    appender.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  /** A delivery can be followed by its id, and nothing in any line tells a whole address. */
  void tellOfMailFromAttemptToCallback() throws IOException {
    List<JsonNode> lines = lines();
    Set<String> known = new HashSet<>(ALWAYS);
    known.addAll(WHERE_KNOWN);
    assertThat(lines)
        .isNotEmpty()
        .allSatisfy(line -> assertThat(names(line)).containsAll(ALWAYS).isSubsetOf(known))
        .allSatisfy(line ->
            assertThat(line.get("recipient").asText()).matches("(.\\*\\*\\*)?@.*|.\\*\\*\\*"));

    Map<String, List<JsonNode>> byDelivery =
        lines.stream()
            .filter(line -> line.has("delivery_id"))
            .collect(Collectors.groupingBy(line -> line.get("delivery_id").asText()));
    assertThat(byDelivery.values())
        .as("a mail that is sent and delivered")
        .anySatisfy(ofOne -> {
          assertThat(statuses(ofOne, "attempt")).containsExactly("accepted");
          assertThat(statuses(ofOne, "result")).contains("SENT");
          assertThat(statuses(ofOne, "callback")).contains("SENT", "DELIVERED");
          assertThat(ofOne)
              .allSatisfy(line -> {
                assertThat(line.get("tenant")).isEqualTo(ofOne.getFirst().get("tenant"));
                assertThat(line.get("stream")).isEqualTo(ofOne.getFirst().get("stream"));
                assertThat(line.get("provider").asText()).isEqualTo("ses");
              });
        });
    assertThat(byDelivery.values())
        .as("a mail that is traced")
        .anySatisfy(ofOne -> {
          assertThat(ofOne)
              .extracting(line -> line.get("message").asText())
              .contains("attempt", "result", "callback");
          assertThat(ofOne.stream().map(line -> line.path("trace_id").asText()).distinct())
              .singleElement()
              .asString()
              .matches("[0-9a-f]{32}");
        });
    assertThat(byDelivery.values())
        .as("a mail that bounces")
        .anySatisfy(ofOne -> {
          assertThat(statuses(ofOne, "callback")).contains("BOUNCED");
          assertThat(ofOne)
              .anySatisfy(line -> assertThat(line.path("reason").asText()).contains("PERMANENT"));
        });
    assertThat(byDelivery.values())
        .as("a mail that is refused")
        .anySatisfy(ofOne -> {
          assertThat(statuses(ofOne, "attempt")).isEmpty();
          assertThat(ofOne)
              .anySatisfy(line -> assertThat(line.path("reason").asText()).isEqualTo("SUPPRESSED"));
        });
  }

  private List<JsonNode> lines() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : written.toString(StandardCharsets.UTF_8).lines().toList()) {
      lines.add(json.readTree(line));
    }
    return lines;
  }

  private static List<String> statuses(List<JsonNode> lines, String message) {
    return lines.stream()
        .filter(line -> line.get("message").asText().equals(message))
        .map(line -> line.get("status").asText())
        .toList();
  }

  private static List<String> names(JsonNode line) {
    List<String> names = new ArrayList<>();
    line.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
    logger.setLevel(before);
    appender.stop();
  }
}

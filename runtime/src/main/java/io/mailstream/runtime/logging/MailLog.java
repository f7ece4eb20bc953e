package io.mailstream.runtime.logging;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for each attempt, result and callback, with the same names of fields in every service,
 * so that a search for a delivery finds all that happened to it. By the logger {@value #LOGGER},
 * whose level the environment's {@code LOG_MAIL} sets: {@code OFF} for none. What a line does not
 * know it leaves out; addresses are masked as everywhere.
 */
public final class MailLog {

  /** The logger's name. */
  public static final String LOGGER = "mail";

  private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

  private MailLog() {}

  /** What a line tells of. */
  public enum Event {
    /** A call of an ESP. */
    ATTEMPT,
    /** A result, as it was written or is about to be: an aborted transaction repeats it. */
    RESULT,
    /** What an ESP reported. */
    CALLBACK
  }

  /**
   * What a line tells.
   *
   * @param provider the kind of ESP
   * @param status how the attempt ended, the result's status, or the event's type
   * @param reason reason codes, by commas
   * @param espResponseCode the status with which the ESP answered, where it refused
   * @param traceId the trace that the mail belongs to (W3C Trace Context)
   */
  public record Line(
      String tenant,
      String stream,
      String deliveryId,
      String recipient,
      String provider,
      String account,
      String status,
      String reason,
      String espResponseCode,
      String traceId) {}

  /** Whether lines are written: what makes one need not be asked for else. */
  public static boolean isOn() {
    return LOG.isInfoEnabled();
  }

  /** Writes a line. */
  public static void write(Event event, Line line) {
    LoggingEventBuilder out = LOG.atInfo();
    out = add(out, "tenant", line.tenant);
    out = add(out, "stream", line.stream);
    out = add(out, "delivery_id", line.deliveryId);
    out = add(out, "recipient", line.recipient);
    out = add(out, "provider", line.provider);
    out = add(out, "account", line.account);
    out = add(out, "status", line.status);
    out = add(out, "reason", line.reason);
    out = add(out, "esp_response_code", line.espResponseCode);
    out = add(out, "trace_id", line.traceId);
    out.log(event.name().toLowerCase(Locale.ROOT));
  }

  private static LoggingEventBuilder add(LoggingEventBuilder out, String name, String value) {
    return value == null || value.isEmpty() ? out : out.addKeyValue(name, value);
  }
}

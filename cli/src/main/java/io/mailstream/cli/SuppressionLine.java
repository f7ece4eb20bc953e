package io.mailstream.cli;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionReason;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A line of an import as the command that it asks for. */
final class SuppressionLine {

  private static final int MAX_NOTE = 256;

  private SuppressionLine() {}

  /** The command, or all that is wrong with the line. */
  sealed interface Parsed {
    /** What to do. */
    record Command(SuppressionCommand.Builder command) implements Parsed {}

    /** Nothing. */
    record Bad(List<String> faults) implements Parsed {}
  }

  /**
   * Checks a line.
   *
   * @param values its fields
   * @param defaults what holds for a field that it does not have
   */
  static Parsed parse(Map<String, String> values, Map<String, String> defaults, Instant now) {
    List<String> faults = new ArrayList<>();
    String address = value("address", values, Map.of());
    if (address == null || RecipientKey.find(address).isEmpty()) {
      faults.add("address is missing or no address: give local-part@domain");
    }
    String tenant = value("tenant", values, defaults);
    String stream = value("stream", values, defaults);
    if (stream != null && tenant == null) {
      faults.add("stream needs the tenant it belongs to");
    }
    String note = value("note", values, defaults);
    if (note != null && note.length() > MAX_NOTE) {
      faults.add("note has more than %d characters".formatted(MAX_NOTE));
    }
    SuppressionReason reason = reason(value("reason", values, defaults), faults);
    Instant end = end(value("expires_at", values, defaults), now, faults);
    return faults.isEmpty()
        ? new Parsed.Command(
            SuppressionCommand.newBuilder()
                .setAction(CommandAction.ADD)
                .setAddress(address)
                .setTenant(tenant)
                .setStream(stream)
                .setReason(reason)
                .setExpiresAt(end)
                .setNote(note)
                .setIssuedAt(now))
        : new Parsed.Bad(faults);
  }

  private static String value(
      String field, Map<String, String> values, Map<String, String> defaults) {
    return values.getOrDefault(field, defaults.get(field));
  }

  private static SuppressionReason reason(String text, List<String> faults) {
    if (text == null) {
      return SuppressionReason.MANUAL;
    }
    for (SuppressionReason reason : SuppressionReason.values()) {
      if (reason != SuppressionReason.UNKNOWN && reason.name().equalsIgnoreCase(text)) {
        return reason;
      }
    }
    faults.add(
        "reason must be HARD_BOUNCE, REPEATED_SOFT_BOUNCE, COMPLAINT, UNSUBSCRIBE, MANUAL or"
            + " ESP_LIST");
    return null;
  }

  private static Instant end(String text, Instant now, List<String> faults) {
    if (text == null) {
      return null;
    }
    try {
      Instant end = Instant.parse(text);
      if (end.isAfter(now)) {
        return Instant.ofEpochMilli(end.toEpochMilli());
      }
      faults.add("expires_at has passed");
    } catch (DateTimeException | ArithmeticException e) {
      faults.add("expires_at must be a time such as 2030-01-31T00:00:00Z");
    }
    return null;
  }
}

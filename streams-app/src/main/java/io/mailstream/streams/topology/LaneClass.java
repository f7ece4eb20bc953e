package io.mailstream.streams.topology;

import io.mailstream.v1.Lane;
import java.time.Duration;

/**
 * The rank of what comes in. Within a task, Kafka Streams takes the buffered record with the
 * smallest timestamp: each class is shifted into a past of its own, so that rank decides between
 * classes and arrival within one.
 *
 * <p>The shifts lie further apart than any record waits, a backlog of weeks in a repartition topic
 * included. The lowest class is not shifted: nothing ever lies in the future.
 */
enum LaneClass {
  /** Deferrals, feedback and suppression commands: what decides about mail comes before mail. */
  CONTROL("control", 3),
  /** Mail that somebody waits for. */
  TRANSACTIONAL("transactional", 2),
  /** Mail that nobody waits for. */
  BULK("bulk", 1),
  /** Mass imports of suppressions. */
  IMPORTS("imports", 0);

  private final String label;
  private final long shiftMs;

  LaneClass(String label, int steps) {
    this.label = label;
    this.shiftMs = Duration.ofDays(3650L * steps).toMillis();
  }

  static LaneClass of(Lane lane) {
    return switch (lane) {
      case TRANSACTIONAL -> TRANSACTIONAL;
      case BULK -> BULK;
    };
  }

  String label() {
    return label;
  }

  /** How far into the past its records are stamped, in milliseconds. */
  long shiftMs() {
    return shiftMs;
  }
}

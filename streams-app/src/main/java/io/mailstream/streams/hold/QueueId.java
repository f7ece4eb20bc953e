package io.mailstream.streams.hold;

import io.mailstream.streams.throttle.Flow;
import io.mailstream.streams.throttle.NameBytes;
import io.mailstream.v1.Lane;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One queue of the hold store. A key is the queue (its kind, its flow's names, its lane), the time
 * at which the entry is due, and a sequence number; no queue's bytes begin another's, so the
 * entries of a queue lie together, in order.
 */
sealed interface QueueId {

  /** The kinds of queue by their byte in the store, which also orders them; never reused. */
  byte FLOW = 1;

  byte SCHEDULED = 2;
  byte RETRY = 3;
  byte EVIDENCE = 4;

  /** Uncertain deliveries by delivery id: no queue, but looked up one at a time. */
  byte UNCERTAIN = 5;

  /** Where a delivery that waits in a queue stands, by its id. */
  byte PLACE = 6;

  int POSITION_BYTES = 2 * Long.BYTES;

  /** The urgency of what waits in it. */
  Lane lane();

  /** Over-limit mail of one flow, first in, first out. Due is always 0: it may go when it can. */
  record OfFlow(Flow flow, Lane lane) implements QueueId {}

  /** Mail that waits for its time, by {@link HoldReason}: SCHEDULED, RETRY or EVIDENCE. */
  record Timed(HoldReason reason, Lane lane) implements QueueId {}

  /** Where an entry stands in its queue. */
  record Position(long due, long sequence) implements Comparable<Position> {

    @Override
    public int compareTo(Position other) {
      int byDue = Long.compare(due, other.due);
      return byDue != 0 ? byDue : Long.compare(sequence, other.sequence);
    }
  }

  /** What every key of the queue begins with. */
  default byte[] prefix() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    switch (this) {
      case OfFlow(Flow flow, Lane lane) -> {
        out.write(FLOW);
        NameBytes.write(out, flow.tenant());
        NameBytes.write(out, flow.stream());
        NameBytes.write(out, flow.account());
        NameBytes.write(out, flow.domain());
        NameBytes.write(out, flow.actor());
        NameBytes.write(out, flow.recipient());
        out.write(laneByte(lane));
      }
      case Timed(HoldReason reason, Lane lane) -> {
        out.write(kind(reason));
        out.write(laneByte(lane));
      }
    }
    return out.toByteArray();
  }

  /** The key of an entry. */
  static byte[] key(byte[] prefix, Position position) {
    return ByteBuffer.allocate(prefix.length + POSITION_BYTES)
        .put(prefix)
        .putLong(Math.max(0, position.due()))
        .putLong(position.sequence())
        .array();
  }

  /** A key behind every entry of the queue. */
  static byte[] end(byte[] prefix) {
    byte[] end = Arrays.copyOf(prefix, prefix.length + POSITION_BYTES);
    Arrays.fill(end, prefix.length, end.length, (byte) 0xFF);
    return end;
  }

  /** The position in a key. */
  static Position position(byte[] key) {
    ByteBuffer in = ByteBuffer.wrap(key, key.length - POSITION_BYTES, POSITION_BYTES);
    return new Position(in.getLong(), in.getLong());
  }

  /**
   * The queue that a key belongs to.
   *
   * @throws IllegalArgumentException if this release did not write the key
   */
  static QueueId of(byte[] key) {
    return switch (key[0]) {
      case FLOW -> {
        String[] names = new String[6];
        int at = NameBytes.read(key, 1, names);
        Flow flow = new Flow(names[0], names[1], names[2], names[3], names[4], names[5]);
        yield new OfFlow(flow, lane(key[at]));
      }
      case SCHEDULED -> new Timed(HoldReason.SCHEDULED, lane(key[1]));
      case RETRY -> new Timed(HoldReason.RETRY, lane(key[1]));
      case EVIDENCE -> new Timed(HoldReason.EVIDENCE, lane(key[1]));
      default ->
          throw new IllegalArgumentException(
              "queue kind %d of the hold store is not known to this release".formatted(key[0]));
    };
  }

  private static byte kind(HoldReason reason) {
    return switch (reason) {
      case SCHEDULED -> SCHEDULED;
      case RETRY -> RETRY;
      case EVIDENCE -> EVIDENCE;
      case OVER_LIMIT, ACCOUNT_PARKED, STREAM_PAUSED ->
          throw new IllegalArgumentException(reason + " does not wait for a time");
    };
  }

  private static byte laneByte(Lane lane) {
    return switch (lane) {
      case TRANSACTIONAL -> 0;
      case BULK -> 1;
    };
  }

  private static Lane lane(byte b) {
    return b == 0 ? Lane.TRANSACTIONAL : Lane.BULK;
  }
}

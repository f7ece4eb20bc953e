package io.mailstream.streams.hold;

import io.mailstream.v1.Delivery;
import org.apache.kafka.common.header.Headers;

/**
 * A delivery with what it needs to wait and to go on.
 *
 * @param recipientKey the key of its records
 * @param headers the headers it came with, such as the trace context
 * @param reason why it is held, if it is
 * @param heldAt when it was first held in this wait, in milliseconds since the epoch
 * @param delivery the delivery
 * @param encoded the delivery as the store has it, if it came from there unchanged; else empty
 */
record Held(
    String recipientKey,
    Headers headers,
    HoldReason reason,
    long heldAt,
    Delivery delivery,
    byte[] encoded) {

  private static final byte[] NOT_ENCODED = {};

  static Held fresh(String recipientKey, Headers headers, Delivery delivery, long now) {
    return new Held(recipientKey, headers, HoldReason.OVER_LIMIT, now, delivery, NOT_ENCODED);
  }

  Held because(HoldReason why) {
    return new Held(recipientKey, headers, why, heldAt, delivery, encoded);
  }

  /** The same as a later step of its trace. */
  Held traced(Headers now) {
    return new Held(recipientKey, now, reason, heldAt, delivery, encoded);
  }

  /** The same with a delivery that has changed. */
  Held changed(Delivery now) {
    return new Held(recipientKey, headers, reason, heldAt, now, NOT_ENCODED);
  }
}

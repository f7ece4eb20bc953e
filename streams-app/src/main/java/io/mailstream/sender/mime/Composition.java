package io.mailstream.sender.mime;

import io.mailstream.v1.ReasonCode;

/** What became of a delivery on its way to a message. */
public sealed interface Composition {

  /**
   * A message ready for the wire.
   *
   * @param bytes the whole message: seven-bit (but for addresses under RFC 6532), lines of at most
   *     998 characters ended by CRLF; not copied, to be left unchanged
   */
  @SuppressWarnings("ArrayRecordComponent") // carried from the composer to the call, never compared
  record Message(byte[] bytes) implements Composition {}

  /**
   * The delivery cannot become a message, now or later.
   *
   * @param reason the reason in the terms of results
   * @param detail what, where and what to do; no address
   */
  record Refused(ReasonCode reason, String detail) implements Composition, CheckedParts {}
}

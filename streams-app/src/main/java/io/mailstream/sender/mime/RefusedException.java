package io.mailstream.sender.mime;

import io.mailstream.v1.ReasonCode;

/** Ends the composing of a message; never leaves this package. */
final class RefusedException extends Exception {

  private final ReasonCode reason;

  RefusedException(ReasonCode reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  static RefusedException tooLarge(long bytes, long maxBytes) {
    return new RefusedException(
        ReasonCode.TOO_LARGE,
        "the message has %,d bytes, the ESP takes %,d: send less, or a link"
            .formatted(bytes, maxBytes));
  }

  Composition.Refused refused() {
    return new Composition.Refused(reason, getMessage());
  }

  /** Refuses text that could end its header field and begin another. */
  static void requireOneLine(String what, String text) throws RefusedException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n' || c == 0) {
        throw new RefusedException(
            ReasonCode.HEADER_INJECTION, what + " contains CR, LF or NUL: remove it");
      }
    }
  }
}

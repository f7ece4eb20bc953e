package io.mailstream.sender.provider.smtp;

/**
 * A message and where it goes.
 *
 * @param from the envelope's sender, ready for the wire
 * @param to the envelope's one recipient, ready for the wire
 * @param message the message, lines ended by CRLF; not copied, to be left unchanged
 */
@SuppressWarnings("ArrayRecordComponent") // carried to the call, never compared
record Envelope(String from, String to, byte[] message) {

  /** Whether addresses in header or envelope are beyond ASCII (RFC 6531). */
  boolean needsSmtpUtf8() {
    for (byte b : message) {
      if (b < 0) {
        return true;
      }
    }
    return !isAscii(from) || !isAscii(to);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}

package io.mailstream.streams.result;

/**
 * A record that was read but is no input of its topic: another type, no value, no address to file
 * it under. It goes to the dead letters, and the line goes on; the message is the reason there.
 */
public final class UnusableRecordException extends RuntimeException {

  /**
   * The exception.
   *
   * @param message what was expected and what was found; no address
   */
  public UnusableRecordException(String message) {
    super(message);
  }
}

package io.mailstream.webhook;

/** Not all of it was acknowledged by the brokers: it is to be repeated, which does no harm. */
final class NotAcknowledgedException extends Exception {

  private static final long serialVersionUID = 1L;

  NotAcknowledgedException(String message, Throwable cause) {
    super(message, cause);
  }
}

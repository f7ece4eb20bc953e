package io.mailstream.sender;

/**
 * Stops the sender: going on could send mail twice or lose it. The message says what is wrong,
 * where, and what to do.
 */
public final class SenderFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  SenderFailure(String message) {
    super(message);
  }

  SenderFailure(String message, Throwable cause) {
    super(message, cause);
  }
}

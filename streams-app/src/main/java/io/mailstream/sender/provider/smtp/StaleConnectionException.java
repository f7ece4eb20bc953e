package io.mailstream.sender.provider.smtp;

/** A kept connection turned out closed before anything of a message went into it. */
final class StaleConnectionException extends Exception {

  StaleConnectionException() {
    super("the kept connection was closed", null, false, false);
  }
}

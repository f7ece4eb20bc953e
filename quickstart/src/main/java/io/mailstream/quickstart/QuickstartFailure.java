package io.mailstream.quickstart;

/** Why quickstart cannot go on, as told to the person who started it. */
final class QuickstartFailure extends RuntimeException {

  QuickstartFailure(String message) {
    super(message);
  }

  QuickstartFailure(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.mailstream.cli;

/** The exit statuses of {@code mailstream}, the same for every command. */
final class Exit {

  /** All as hoped; {@code suppressions get}: the address is suppressed. */
  static final int OK = 0;

  /**
   * Done, but not all as hoped: a bad line, a result that is not the expected one, a topic that is
   * not right; {@code suppressions get}: the address is not suppressed.
   */
  static final int NOT_AS_HOPED = 1;

  /** The command line or the configuration is wrong; nothing was done. */
  static final int USAGE = 2;

  /** Kafka, the registry or the API cannot be reached or refuses. */
  static final int UNAVAILABLE = 3;

  /** {@code --timeout} passed first. */
  static final int TIMEOUT = 4;

  private Exit() {}
}

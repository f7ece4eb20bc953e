package io.mailstream.schemas;

/**
 * The headers of a dead letter, each as UTF-8 text. Its key and value are those of the record that
 * could not be used, byte for byte, and its own headers are kept before these.
 */
public final class DeadLetterHeaders {

  /** Why it is here, for people. */
  public static final String REASON = "mailstream.reason";

  /** The class of the error, for programs. */
  public static final String ERROR = "mailstream.error";

  /** The topic it came from; for a callback of an ESP: the path that it was posted to. */
  public static final String ORIGIN_TOPIC = "mailstream.origin.topic";

  /** The partition it came from, as a decimal number. */
  public static final String ORIGIN_PARTITION = "mailstream.origin.partition";

  /** The offset it came from, as a decimal number. */
  public static final String ORIGIN_OFFSET = "mailstream.origin.offset";

  private DeadLetterHeaders() {}
}
